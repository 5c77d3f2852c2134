import { missingClasses } from "../data/classes.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ClassLabels } from "../data/pixels.ts";
import { InputTypeError } from "../errors.ts";
import type { Network } from "../model/network.ts";
import { argmax } from "../numeric/argmax.ts";
import { checkLoss, checkOutputs } from "./diverged.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { type ClassFigures, ClassificationMetrics } from "./metrics.ts";
import type { PredictionSettings } from "./prediction-settings.ts";

/** Evaluation of a data set with the results of each image. */
export interface ImageReport extends Evaluation {
  /** `[n]`: the class of each, by its place among the model's. */
  readonly labels: ClassLabels;
  /** `[n]`: the class with the highest score. */
  readonly predictions: Uint16Array;
  /** `[n]`: the score of that class, of the softmax where the loss has one. */
  readonly confidences: Float32Array;
  /** `[n]`: the loss of each image. */
  readonly losses: Float32Array;
  /** `[classes][classes]`, rows are the true classes. */
  readonly confusion: readonly (readonly number[])[];
  /** Figures of each class, in the order of the classes. */
  readonly classes: readonly ClassFigures[];
  /** Notes on the figures: a sentence each, for people. */
  readonly notes: readonly string[];
}

/**
 * Evaluates image by image.
 *
 * @throws TypeError, RangeError if the data set does not fit the network, or has no class labels
 * @throws DivergedError if outputs or the loss are NaN or infinite
 */
export async function reportImages(
  network: Network,
  data: Dataset,
  options: PredictionSettings = {},
): Promise<ImageReport> {
  const { labels } = data;
  if (labels === undefined || network.loss?.classes !== true) {
    const got = labels === undefined ? `targets in ${data.name}` : `the loss ${network.loss?.config.type ?? "none"}`;
    throw new InputTypeError("report", "class labels, and a loss for them", got);
  }
  const { outputs } = network.architecture;
  const { ignoreIndex } = network.loss;
  const metrics = new ClassificationMetrics(outputs);
  const predictions = new Uint16Array(data.length);
  const confidences = new Float32Array(data.length);
  const losses = new Float32Array(data.length);
  const evaluation = await evaluate(network, data, {
    ...options,
    onBatch({ begin, count, scores, losses: batch }) {
      checkOutputs(scores, count, outputs, begin);
      for (let i = 0; i < count; i++) {
        if (labels[begin + i] !== ignoreIndex) metrics.add(scores.subarray(i * outputs), labels.subarray(begin + i), 1);
        const best = argmax(scores, i * outputs, outputs);
        predictions[begin + i] = best;
        confidences[begin + i] = scores[i * outputs + best];
        losses[begin + i] = batch[i];
      }
    },
  });
  checkLoss(evaluation.loss, "loss");
  const { confusion } = metrics;
  const rows = Array.from({ length: outputs }, (_, row) => [...confusion.subarray(row * outputs, (row + 1) * outputs)]);
  const missing = missingClasses(data, "these images");
  return {
    ...evaluation,
    labels: labels.slice(),
    predictions,
    confidences,
    losses,
    confusion: rows,
    classes: metrics.perClass(),
    notes: missing === undefined ? [] : [missing],
  };
}
