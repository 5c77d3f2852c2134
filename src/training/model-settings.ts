import { type PixelScaling, readScaling } from "../data/scaling.ts";
import { InputTypeError, shown } from "../errors.ts";
import type { Loss } from "../model/contracts.ts";
import { number, whole } from "../options/kinds.ts";
import { parseLoss } from "./losses.ts";

/** The settings in a model file, besides architecture and weights, checked. */
export interface ModelSettings {
  readonly seed: number;
  readonly batchSize: number;
  readonly loss: Loss | undefined;
  /** The optimizer, unread: only training needs it. */
  readonly optimizer: unknown;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
}

/** The largest number of images that may be worked on at once. */
export const MAX_BATCH = 2 ** 20;

/** A batch size that `compile` takes. */
export const BATCH_SIZE = whole(1, MAX_BATCH);

/** A seed that a model takes. */
export const SEED = number({ whole: true, minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * The settings of a model file, from untrusted JSON. Files are written through the same check, so that none is written that
 * cannot be read.
 *
 * @throws TypeError, RangeError for a wrong one
 */
export function readModelSettings(who: string, settings: Readonly<Record<string, unknown>>): ModelSettings {
  const { seed = 0, batchSize = 32, loss, optimizer, classNames, scaling } = settings;
  return {
    seed: SEED.read(who, "seed", seed),
    batchSize: BATCH_SIZE.read(who, "batchSize", batchSize),
    loss: loss === undefined ? undefined : parseLoss(loss),
    optimizer,
    classNames: readClassNames(who, classNames),
    scaling: scaling === undefined ? undefined : readScaling(`${who}: scaling`, scaling),
  };
}

function readClassNames(who: string, names: unknown): readonly string[] | undefined {
  if (names === undefined) return undefined;
  const list: unknown[] = Array.isArray(names) ? names : [];
  if (!Array.isArray(names) || !list.every((name) => typeof name === "string")) {
    throw new InputTypeError(who, "classNames to be a list of texts", shown(names));
  }
  return list;
}
