/**
 * The images of a training step, and the computation of the step.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { countPredictions, type MetricCounts } from "./metric-counts.ts";

/** The images of a step, and its settings. */
export interface Batch {
  readonly data: Dataset;
  /** Indices of the images, in order. */
  readonly indices: Uint32Array;
  /** Optimizer step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Writes the transforms of `n` images from place `begin` of the batch on; undefined without augmentation. */
  readonly writeTransforms: ((target: Float32Array | Float64Array, begin: number, n: number) => void) | undefined;
  /** True: the predictions are counted, for metrics. */
  readonly counted: boolean;
}

/** Sums over the images of a batch, from before its update. */
export interface BatchSums {
  readonly loss: number;
  readonly correct: number;
  /** Counts of the predictions, where these are wanted. */
  readonly counts?: MetricCounts;
}

/** Makes the optimizer step on a batch; gives a promise if several networks share it. */
export type Stepper = (batch: Batch) => BatchSums | Promise<BatchSums>;

/** The step of a single network. */
export function stepperOf(network: Network): Stepper {
  return (batch) => {
    const { indices, step, learningRate, writeTransforms } = batch;
    const n = indices.length;
    stageBatch(network, batch, n);
    network.trainStep(n, step, learningRate, writeTransforms !== undefined);
    return sumsOf(network, n, countedLabels(batch, n));
  };
}

/** Stages the first `n` images of a batch with their targets and transforms. */
export function stageBatch(network: Network, { data, indices, writeTransforms }: Batch, n: number): void {
  network.stageImages(data.images, n, 0, indices);
  network.stageTargets(data, n, 0, indices);
  writeTransforms?.(network.transforms, 0, n);
}

/** The labels of the first `n` images of a batch, if their predictions are counted. */
export function countedLabels({ data: { labels }, indices, counted }: Batch, n: number): Uint16Array | undefined {
  return counted && labels !== undefined ? Uint16Array.from({ length: n }, (_, i) => labels[indices[i]]) : undefined;
}

/**
 * Sums of a network after a step on `n` images.
 *
 * @param labels `[n]`, if the predictions are counted
 */
export function sumsOf(network: Network, n: number, labels: ArrayLike<number> | undefined): BatchSums {
  const { losses, correct } = network.results(n);
  let loss = 0;
  let right = 0;
  for (let i = 0; i < n; i++) {
    loss += losses[i];
    right += correct[i];
  }
  if (labels === undefined) return { loss, correct: right };
  return {
    loss,
    correct: right,
    counts: countPredictions(network.predictions(n), labels, n, network.architecture.outputs),
  };
}
