/**
 * Trainings on pictures with any number of labels: what is otherwise than with one class each.
 *
 * @module
 */

import type { AnyDataset, DatasetFacts } from "../data/dataset.ts";
import type { MetricName } from "../training/chosen-metrics.ts";
import { sigmoidBinaryCrossEntropy } from "../training/losses.ts";
import type { NetworkChoice } from "./network-option.ts";

/** The metrics of a run where none are named. */
export const LABEL_METRICS: readonly MetricName[] = ["exactMatch", "f1", "microF1", "meanAveragePrecision"];

/** True for images with any number of labels each. */
export function haveLabels({ labels, targets }: Pick<DatasetFacts, "labels" | "targets">): boolean {
  return labels === undefined && targets !== undefined;
}

/** A network with the loss and the metrics for the labels of its images, where these may be any number. */
export function forLabels(network: NetworkChoice, train: Pick<DatasetFacts, "labels" | "targets">): NetworkChoice {
  if (!haveLabels(train)) return network;
  const { metrics = [] } = network;
  return { ...network, loss: sigmoidBinaryCrossEntropy(), metrics: metrics.length > 0 ? metrics : LABEL_METRICS };
}

/** Images of each class or label. */
export function labelCounts({ targets = new Float32Array(), classes }: AnyDataset): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < targets.length; i++) counts[i % classes] += targets[i];
  return counts;
}

/** "3 classes", or "3 labels, any number of them each". */
export function classesWords({ classes, ...data }: Pick<DatasetFacts, "classes" | "labels" | "targets">): string {
  return haveLabels(data) ? `${classes} labels, any number of them each` : `${classes} classes`;
}
