import { VIEWS } from "../data/views.ts";
import { nested } from "../options/compound.ts";
import { flag } from "../options/kinds.ts";
import { completeOptions, type OptionSchema, type OptionsOf } from "../options/schema.ts";

/** Statistics and views with which a model predicts. */
export const PREDICTION = {
  /**
   * Normalises by the statistics of the evaluated batch in place of the running ones. They are those of the whole data set where
   * the batch holds all of it. A figure then depends on the images that stand in one batch with it.
   */
  batchStatistics: { kind: flag(), optional: true },
  /** Averages the predictions over several views of each image. The loss is the mean of the views' losses. */
  testTimeAugmentation: { kind: nested(VIEWS), optional: true },
} as const satisfies OptionSchema;

/** Statistics and views with which a model predicts. A type alias because interfaces do not fit `Json`. */
export type PredictionSettings = Readonly<OptionsOf<typeof PREDICTION>>;

/** Reads prediction settings from TypeScript or from a file. */
export function readPredictionSettings(who: string, json: unknown): PredictionSettings {
  return completeOptions(who, PREDICTION, json);
}
