import type { Dataset } from "../data/dataset.ts";
import type { ClassLabels } from "../data/pixels.ts";
import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Network } from "../model/network.ts";
import { checkMetrics, METRICS, type MetricName, metricsOf } from "./chosen-metrics.ts";
import { addCounts, countPredictions, type MetricCounts } from "./metric-counts.ts";
import { type PredictionSettings, readPredictionSettings } from "./prediction-settings.ts";
import { predictorOf } from "./predictors.ts";

/** Means over a data set. */
export interface Evaluation {
  /** NaN or infinite after a training that diverged: then no other figure means anything. */
  readonly loss: number;
  /** Share of right answers, an image with NaN among its outputs counting as wrong; NaN where the loss knows no classes. */
  readonly accuracy: number;
  readonly images: number;
  /** The metrics that were asked for, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** A batch of predictions as they come. */
export interface PredictionBatch {
  /** Index of the first image. */
  readonly begin: number;
  readonly count: number;
  /** [count, outputs]; a view that the next batch overwrites. */
  readonly scores: Float32Array | Float64Array;
  /** [count], their classes in the order of the scores; undefined for data with targets. */
  readonly labels: ClassLabels | undefined;
  /** [count], the loss of each; a view that the next batch overwrites. */
  readonly losses: Float32Array | Float64Array;
}

export interface EvaluateOptions extends PredictionSettings {
  /** Metrics beside loss and accuracy, such as `["f1", "top3"]`. Default none. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** Called with the predictions of each batch, for metrics beyond loss and accuracy. */
  readonly onBatch?: (batch: PredictionBatch) => void;
  readonly signal?: AbortSignal;
}

/** Evaluates some of the images of a data set, or undefined for all; data and options were checked. */
export type Evaluator = (
  data: Dataset,
  indices: Uint32Array | undefined,
  options: EvaluateOptions,
) => Promise<Evaluation>;

/**
 * Loss and accuracy over a data set, in inference mode, by the weights of one moment: a run under way takes its next
 * step when it is done.
 *
 * @param evaluator the function that does the work; default: the network alone
 * @throws TypeError, RangeError if the data set does not fit the network
 */
export async function evaluate(
  network: Network,
  data: Dataset,
  options: EvaluateOptions = {},
  evaluator: Evaluator = (...some) => evaluateImages(network, ...some),
): Promise<Evaluation> {
  const { onBatch, signal, metrics = [], ...settings } = options;
  readPredictionSettings("evaluate", settings);
  checkData(network, data, "evaluate");
  checkMetrics("evaluate", network, METRICS.read("evaluate", "metrics", metrics));
  return network.turns.read(() => evaluator(data, undefined, options));
}

/** Loss and accuracy over some of the images, or undefined for all; data and options were checked. */
export async function evaluateImages(
  network: Network,
  data: Dataset,
  indices: Uint32Array | undefined,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const images = indices?.length ?? data.length;
  const predict = await predictorOf(network, options);
  const slice = new TimeSlice();
  const { metrics: names = [] } = options;
  let counts: MetricCounts | undefined;
  let loss = 0;
  let correct = 0;
  for (let begin = 0; begin < images; begin += network.batchSize) {
    options.signal?.throwIfAborted();
    const count = Math.min(network.batchSize, images - begin);
    network.stageTargets(data, count, begin, indices);
    const [scores] = predict.run(data.images, count, begin, indices, true);
    for (let i = 0; i < count; i++) {
      loss += predict.losses[i];
      correct += predict.correct(data, indices?.[begin + i] ?? begin + i, i);
    }
    if (names.length > 0 && data.labels !== undefined) {
      const { labels } = data;
      const seen = Uint16Array.from({ length: count }, (_, i) => labels[indices?.[begin + i] ?? begin + i]);
      counts = addCounts(counts, countPredictions(scores, seen, count, network.architecture.outputs));
    }
    const labels = indices === undefined ? data.labels?.subarray(begin, begin + count) : undefined;
    options.onBatch?.({ begin, count, scores, labels, losses: predict.losses.subarray(0, count) });
    await slice.yieldIfOver();
  }
  const accuracy = network.loss?.classes === true ? correct / images : Number.NaN;
  return { loss: loss / images, accuracy, images, ...(counts && { metrics: metricsOf(names, counts) }) };
}

/** The options of the evaluations that belong to a run, from the run's own; all of its metrics, or none. */
export function evaluateOptions(
  {
    prediction,
    signal,
  }: { readonly prediction?: PredictionSettings | undefined; readonly signal?: AbortSignal | undefined },
  metrics: readonly MetricName[] = [],
): EvaluateOptions {
  return { ...prediction, ...(signal && { signal }), ...(metrics.length > 0 && { metrics }) };
}

/** Throws unless a network can be trained on a data set and validated on another. */
export function checkRun(network: Network, data: Dataset, validation: Dataset | undefined): void {
  checkData(network, data, "fit");
  if (validation !== undefined) checkData(network, validation, "fit: validation");
  if (network.optimizer === undefined)
    throw new InputTypeError("fit", "a model compiled with an optimizer", "none", "wrong-time");
}

/** Throws unless the data set's images and targets are what the network and its loss take. */
export function checkData({ architecture, loss }: Network, data: Dataset, who: string): void {
  if (!Array.isArray(data?.shape)) {
    throw new InputTypeError(who, "a data set as createDataset makes them", shown(data));
  }
  const { shape } = architecture.input;
  if (shape.join() !== data.shape.join()) {
    throw new InputRangeError(who, `images of shape [${shape}]`, `[${data.shape}] in ${data.name}`, "shape-mismatch");
  }
  if (loss === undefined) throw new InputTypeError(who, "a model compiled with a loss", "none", "wrong-time");
  const { outputs } = architecture;
  if (loss.classes) {
    if (data.labels === undefined) {
      throw new InputTypeError(who, `class labels for the loss ${loss.config.type}`, `targets in ${data.name}`);
    }
    if (data.classes > outputs) {
      throw new InputRangeError(who, `at most ${outputs} classes, the model's outputs`, `${data.classes}`);
    }
    return;
  }
  if (data.targets === undefined) {
    throw new InputTypeError(who, `targets for the loss ${loss.config.type}`, `class labels in ${data.name}`);
  }
  if (data.classes !== outputs) {
    throw new InputRangeError(
      who,
      `${outputs} targets per image, the model's outputs`,
      `${data.classes}`,
      "shape-mismatch",
    );
  }
}
