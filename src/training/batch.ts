/**
 * The images of a training step, and the computation of the step.
 *
 * @module
 */

import type { Targets } from "../data/class-of.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { type Answers, answersOf } from "./answers.ts";
import type { countPredictions, MetricCounts } from "./metric-counts.ts";

/** The numbers by which a batch's images count in its loss. */
export interface BatchWeights {
  /** [n]: factor of each image's loss, 0 for those that the loss ignores; undefined for 1 each. */
  readonly weights: Float64Array | undefined;
  /** [n, outputs]: a share of each class, with class weights in them; undefined where labels or the data's targets do. */
  readonly softTargets: Float64Array | undefined;
  /** Images that count in the mean: all but those that the loss ignores. */
  readonly images: number;
}

/** The images of a step, and its settings. */
export interface Batch extends BatchWeights {
  readonly data: Dataset;
  /** Indices of the images, in order. */
  readonly indices: Uint32Array;
  /** Optimizer step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Seconds for which its images were waited for; undefined for those in memory. */
  readonly waitSeconds?: number | undefined;
  /** Writes the transforms of `n` images from place `begin` of the batch on; undefined without augmentation. */
  readonly writeTransforms: ((target: Float32Array | Float64Array, begin: number, n: number) => void) | undefined;
  /** Counts the predictions, for metrics; undefined where there are none. */
  readonly count: typeof countPredictions | undefined;
}

/** Sums over the images of a batch, from before its update. */
export interface BatchSums {
  /** Sum of weight times loss. */
  readonly loss: number;
  readonly correct: number;
  /** Number of images without those that the loss ignores. */
  readonly images: number;
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
    return sumsOf(network, n, summed(network, batch, n));
  };
}

/** Stages the first `n` images of a batch with their targets and transforms. */
export function stageBatch(network: Network, batch: Batch, n: number): void {
  const { data, indices, softTargets, writeTransforms } = batch;
  network.stageImages(data.images, n, 0, indices);
  network.stageTargets(data, n, 0, indices, {
    weights: gradientWeights(batch, indices.length),
    softTargets: softTargets?.subarray(0, n * network.architecture.outputs),
  });
  writeTransforms?.(network.transforms, 0, n);
}

/** The things that the sums over some images follow from, beside what the network leaves. */
export interface Summed {
  /** [n]: factor of each image's loss; undefined for 1 each. */
  readonly weights: Float64Array | undefined;
  /** The answers, if predictions are counted or some images ignored. */
  readonly answers: Answers | undefined;
  /** Counts the predictions, for metrics; undefined where there are none. */
  readonly count: typeof countPredictions | undefined;
}

/** Images with their answers and weights: those of a batch, or of a part of one. */
export interface WeightedImages extends Pick<Batch, "weights" | "count"> {
  readonly data: Targets;
  /** Undefined: image i is i itself. */
  readonly indices: Uint32Array | undefined;
}

/** The facts from which the sums of the first `n` images follow. */
export function summed({ loss }: Network, { data, indices, weights, count }: WeightedImages, n: number): Summed {
  const isWanted = count !== undefined || loss?.ignoreIndex !== undefined;
  const answers = isWanted ? answersOf(data, loss, n, 0, indices) : undefined;
  return { weights, answers, count };
}

/** Sums of a network after a step on `n` images. */
export function sumsOf(network: Network, n: number, { weights, answers, count }: Summed): BatchSums {
  const { losses, correct } = network.results(n);
  const ignored = network.loss?.ignoreIndex;
  let loss = 0;
  let right = 0;
  let images = 0;
  for (let i = 0; i < n; i++) {
    if (ignored !== undefined && answers?.labels?.[i] === ignored) continue;
    const weight = weights === undefined ? 1 : weights[i];
    // The loss of an image that does not count may be infinite.
    if (weight !== 0) loss += weight * losses[i];
    right += correct[i];
    images++;
  }
  if (count === undefined || answers === undefined) return { loss, correct: right, images };
  const { outputs } = network.architecture;
  return {
    loss,
    correct: right,
    images,
    counts: count(network.predictions(n), answers, n, outputs, ignored),
  };
}

/** The factors of the images' gradients in the mean over those that count, for kernels that divide by all; undefined for 1 each. */
export function gradientWeights({ weights, images }: BatchWeights, n: number): Float64Array | undefined {
  return weights === undefined || images === n || images === 0
    ? weights
    : weights.map((weight) => weight * (n / images));
}
