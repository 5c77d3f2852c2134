import { classOf } from "../data/class-of.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ClassLabels } from "../data/pixels.ts";
import { InputRangeError, InputTypeError, listed, shown } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Loss } from "../model/contracts.ts";
import type { Network } from "../model/network.ts";
import { ABORT_SIGNAL, callable } from "../options/instances.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { answersOf } from "./answers.ts";
import { checkMetrics, METRICS, type MetricName, metricsOf } from "./chosen-metrics.ts";
import { addCounts, countPredictions, type MetricCounts } from "./metric-counts.ts";
import { share } from "./metrics.ts";
import { PREDICTION, type PredictionSettings } from "./prediction-settings.ts";
import { predictorOf } from "./predictors.ts";

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
  const { metrics } = readOptions("evaluate", EVALUATE_OPTIONS, options);
  checkData(network, data, "evaluate");
  checkMetrics("evaluate", network, metrics);
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
  const ignored = network.loss?.ignoreIndex;
  const takesClasses = network.loss?.classes === true;
  let loss = 0;
  let correct = 0;
  let counting = 0;
  for (let begin = 0; begin < images; begin += network.batchSize) {
    options.signal?.throwIfAborted();
    const count = Math.min(network.batchSize, images - begin);
    network.stageTargets(data, count, begin, indices);
    const [scores] = predict.run(data.images, count, begin, indices, true);
    for (let i = 0; i < count; i++) {
      const index = indices?.[begin + i] ?? begin + i;
      if (ignored !== undefined && classOf(data, index) === ignored) continue;
      const weight = data.sampleWeight?.[index] ?? 1;
      // The loss of an image that does not count may be infinite.
      if (weight !== 0) loss += weight * predict.losses[i];
      correct += predict.correct(data, index, i);
      counting++;
    }
    if (names.length > 0) {
      const answers = answersOf(data, takesClasses, count, begin, indices);
      counts = addCounts(counts, countPredictions(scores, answers, count, network.architecture.outputs, ignored));
    }
    const labels = indices === undefined ? data.labels?.subarray(begin, begin + count) : undefined;
    options.onBatch?.({ begin, count, scores, labels, losses: predict.losses.subarray(0, count) });
    await slice.yieldIfOver();
  }
  const accuracy = takesClasses ? share(correct, counting) : Number.NaN;
  return {
    loss: share(loss, counting),
    accuracy,
    images: counting,
    ...(counts && { metrics: metricsOf(names, counts) }),
  };
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
    if (data.labels === undefined) checkShares(data, loss, outputs, who);
    else checkLabels(data.labels, data.classes, loss, outputs, who);
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

/** Throws unless there is an output for each label that counts. */
function checkLabels(labels: ClassLabels, classes: number, { ignoreIndex }: Loss, outputs: number, who: string): void {
  const most = ignoreIndex === undefined ? classes : highestCounting(labels, ignoreIndex) + 1;
  if (most > outputs) throw new InputRangeError(who, `at most ${outputs} classes, the model's outputs`, `${most}`);
}

/** The highest label but for one. */
function highestCounting(labels: ClassLabels, ignored: number): number {
  let highest = 0;
  for (const label of labels) if (label !== ignored && label > highest) highest = label;
  return highest;
}

/** The most by which the shares of an image may miss 1 together. */
const ROUNDING = 1e-3;

/** Most shares that an error lists. */
const LISTED = 8;

/** Throws unless the loss takes a share of each class, and the targets are such. */
function checkShares({ targets, classes, name }: Dataset, loss: Loss, outputs: number, who: string): void {
  if (targets === undefined || loss.softSmoothing === undefined) {
    throw new InputTypeError(who, `class labels for the loss ${loss.config.type}`, `targets in ${name}`);
  }
  if (classes !== outputs) {
    throw new InputRangeError(who, `${outputs} targets per image, the model's outputs`, `${classes}`, "shape-mismatch");
  }
  for (let begin = 0; begin < targets.length; begin += classes) {
    const shares = targets.subarray(begin, begin + classes);
    const sum = shares.reduce((total, share) => total + share, 0);
    if (shares.every((share) => share >= 0) && Math.abs(sum - 1) <= ROUNDING) continue;
    const expected = `class labels, or targets from 0 on that are 1 together, for the loss ${loss.config.type}`;
    const got = listed(
      Array.from(shares, (share) => String(Number(share.toPrecision(3)))),
      LISTED,
    );
    throw new InputTypeError(who, expected, `[${got}] of image ${begin / classes} in ${name}`);
  }
}
