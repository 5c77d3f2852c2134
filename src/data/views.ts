/**
 * Several views of an image, for predictions that are averaged over them.
 *
 * @module
 */

import { flag, whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";

/** The views that a prediction is averaged over. */
export const VIEWS = {
  /** Also mirrored. */
  horizontalFlip: { kind: flag(), default: false },
  /** Also moved by so many pixels up, down, left and right; what comes in is 0. */
  shift: { kind: whole(0, 1000), default: 0 },
} as const satisfies OptionSchema;

/** The views that a prediction is averaged over. A type alias because interfaces do not fit `Json`. */
export type TestTimeAugmentation = Readonly<OptionsOf<typeof VIEWS>>;
