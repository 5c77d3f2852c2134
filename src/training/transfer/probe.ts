/**
 * The training of a new last layer on features: a linear probe.
 *
 * @module
 */

import type { Dataset, DatasetFacts } from "../../data/dataset.ts";
import { datasetStatistics } from "../../data/statistics.ts";
import { dense } from "../../layers/dense.ts";
import { dropout } from "../../layers/dropout.ts";
import { flatten } from "../../layers/flatten.ts";
import type { Layer } from "../../layers/layer.ts";
import { HEAD } from "../../model/backbone.ts";
import type { Optimizer } from "../../model/contracts.ts";
import type { InputOptions } from "../../model/input.ts";
import type { MetricName } from "../chosen-metrics.ts";
import type { ClassWeight } from "../class-weight-option.ts";
import { sgd } from "../optimizers.ts";
import { oneCycle, type Schedule } from "../schedules.ts";

/** Deviation of a feature that hardly varies, as a share of the others': smaller ones would only be made larger noise. */
const LEAST_DEVIATION = 0.01;

/** The scaling of features to a mean of 0 and a deviation of 1, which a dense layer can take over. */
export function probeInput(features: Dataset): InputOptions {
  const { mean, deviation } = datasetStatistics(features);
  const usual = Math.sqrt(deviation.reduce((sum, d) => sum + d * d, 0) / deviation.length);
  const least = usual > 0 ? LEAST_DEVIATION * usual : 1;
  return { shape: features.shape, mean, deviation: deviation.map((d) => Math.max(d, least)) };
}

/** The layers of the probe. Its weights begin at zero, which is best for what has one minimum. */
export function probeLayers(classes: number, rate = 0): readonly Layer[] {
  const dropped = rate > 0 ? [dropout({ rate })] : [];
  return [flatten(), ...dropped, dense({ name: HEAD, units: classes, kernelInitializer: "zeros" })];
}

/** Settings for classes of which some are rare. */
export interface UnevenPlan {
  readonly classWeight?: ClassWeight;
  readonly metrics?: readonly MetricName[];
}

/** Settings of a probe's training. */
export interface ProbePlan extends UnevenPlan {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batchSize: number;
  readonly epochs: number;
}

/** Learning rate for a single feature: the loss of standardised features is the steeper, the more of them there are. */
const LEARNING_RATE = 4;
const MOST_RATE = 0.1;

/** Number of images for which an L2 penalty of 1 would be right; it counts less, the more images there are. */
const PENALISED = 120;
const MOST_PENALTY = 0.5;

/** Features that the probe is shown in all, and bounds of the epochs. */
const SHOWN = 50_000;
const LEAST_EPOCHS = 10;
const MOST_EPOCHS = 30;

/** Settings for features, by how many there are of how many images. */
export function probePlan(features: Pick<Dataset, "length" | "shape" | "classes" | "labels">): ProbePlan {
  const { length, shape } = features;
  const width = shape[0] * shape[1] * shape[2];
  return {
    optimizer: sgd({
      learningRate: Math.min(MOST_RATE, LEARNING_RATE / width),
      momentum: 0.9,
      l2: Math.min(MOST_PENALTY, PENALISED / length),
    }),
    schedule: oneCycle(),
    batchSize: 32,
    epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(SHOWN / length))),
    ...unevenPlan(features),
  };
}

/** Factor from the rarest class to the most frequent one up to which classes count as even. */
const EVEN = 3;

/** Weights and metrics for classes of which some are rare; nothing for even ones. */
export function unevenPlan(data: Pick<DatasetFacts, "classes" | "labels">): UnevenPlan {
  const { labels, classes } = data;
  const counts = new Float64Array(classes);
  for (const label of labels ?? []) counts[label]++;
  const present = counts.filter((count) => count > 0);
  const isEven = present.length === 0 || Math.max(...present) <= EVEN * Math.min(...present);
  return isEven ? {} : { classWeight: "balanced", metrics: ["balancedAccuracy", "f1"] };
}
