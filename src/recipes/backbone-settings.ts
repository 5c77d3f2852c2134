import { BACKBONE_SIZE } from "../model/backbone.ts";
import { text, wholeOr } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";

/** The network that features are taken from, as the settings of a run note it. */
export const BACKBONE = {
  /** Path of its file. */
  file: { kind: text() },
  /** Layer at whose output it is cut, where it was named. */
  at: { kind: text(), optional: true },
  /** Height and width of its images, where they are not those that it was made for. */
  size: { kind: BACKBONE_SIZE, optional: true },
  /** Network that the file's weights are of, where it holds none. */
  network: { kind: text(), optional: true },
  /** Scaling of pixels, where the file holds none. */
  input: { kind: text(), optional: true },
  /** Last blocks of it that are trained on with the new last layer; missing where only that is trained. */
  fineTune: { kind: wholeOr("all", 1), optional: true },
} as const satisfies OptionSchema;

/** The network that features are taken from. A type alias because interfaces do not fit `Json`. */
export type BackboneSettings = { readonly [K in keyof OptionsOf<typeof BACKBONE>]: OptionsOf<typeof BACKBONE>[K] };
