import type { AnyDataset } from "../data/dataset.ts";
import type { ClassLabels } from "../data/pixels.ts";
import { ABORT_SIGNAL, callable } from "../options/instances.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { METRICS } from "./chosen-metrics.ts";
import { PREDICTION } from "./prediction-settings.ts";

/** Means over the images of a data set that count: all but those that the loss ignores. */
export interface Evaluation {
  /** Sum of weight times loss over the number of images. NaN or infinite after a training that diverged: then no other figure means anything. */
  readonly loss: number;
  /** Share of right answers, an image with NaN among its outputs counting as wrong; NaN where the loss knows no classes. */
  readonly accuracy: number;
  /** Number of images. */
  readonly images: number;
  /** The metrics that were asked for, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** A batch of predictions as they come. */
export interface PredictionBatch {
  /** Index of the first image. */
  readonly begin: number;
  /** Number of images. */
  readonly count: number;
  /** [count, outputs]; a view that the next batch overwrites. */
  readonly scores: Float32Array | Float64Array;
  /** [count], their classes in the order of the scores; undefined for data with targets. */
  readonly labels: ClassLabels | undefined;
  /** [count], the loss of each; a view that the next batch overwrites. */
  readonly losses: Float32Array | Float64Array;
}

/** The options of `evaluate`. */
export const EVALUATE_OPTIONS = {
  ...PREDICTION,
  /** Metrics beside loss and accuracy, such as `["f1", "top3"]`. */
  metrics: { kind: METRICS, default: [] },
  /** Called with the predictions of each batch, for metrics beyond loss and accuracy. */
  onBatch: { kind: callable<(batch: PredictionBatch) => void>(), optional: true },
  /** Ends the evaluation, which rejects with its reason. */
  signal: { kind: ABORT_SIGNAL, optional: true },
} as const satisfies OptionSchema;

/** Options of `evaluate`: statistics, views and metrics. */
export interface EvaluateOptions extends OptionsOf<typeof EVALUATE_OPTIONS> {}

/** Evaluates some of the images of a data set, or undefined for all; data and options were checked. */
export type Evaluator = (
  data: AnyDataset,
  indices: Uint32Array | undefined,
  options: EvaluateOptions,
) => Promise<Evaluation>;
