import { PIXEL_SCALING } from "../data/scaling.ts";
import type { Loss } from "../model/contracts.ts";
import { list } from "../options/compound.ts";
import { number, type OptionKind, text, whole } from "../options/kinds.ts";
import { type OptionSchema, pickOptions, readOptions, type ValuesOf } from "../options/schema.ts";
import { parseLoss } from "./losses.ts";

/** The largest number of images that may be worked on at once. */
export const MAX_BATCH = 2 ** 20;

/** A batch size that `compile` takes. */
export const BATCH_SIZE = whole(1, MAX_BATCH);

/** A seed that a model takes. */
export const SEED = number({ whole: true, minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const LOSS: OptionKind<unknown, Loss> = {
  field: "value",
  wanted: "a loss",
  read: (_who, _key, value) => parseLoss(value),
};

/** The optimizer, unread: only training needs it. */
const UNREAD: OptionKind<unknown, unknown> = {
  field: "value",
  wanted: "an optimizer",
  read: (_who, _key, value) => value,
};

/** The settings that a model file keeps beside architecture and weights. */
const MODEL_SETTINGS = {
  seed: { kind: SEED, default: 0 },
  batchSize: { kind: BATCH_SIZE, default: 32 },
  loss: { kind: LOSS, optional: true },
  optimizer: { kind: UNREAD, optional: true },
  classNames: { kind: list(text()), optional: true },
  scaling: { kind: PIXEL_SCALING, optional: true },
} as const satisfies OptionSchema;

/** The settings in a model file, besides architecture and weights, checked. */
export type ModelSettings = ValuesOf<typeof MODEL_SETTINGS>;

/**
 * The settings of a model file, from untrusted JSON. Files are written through the same check, so that none is written that
 * cannot be read.
 *
 * @throws TypeError, RangeError for a wrong one
 */
export function readModelSettings(who: string, settings: Readonly<Record<string, unknown>>): ModelSettings {
  return readOptions(who, MODEL_SETTINGS, pickOptions(MODEL_SETTINGS, settings));
}
