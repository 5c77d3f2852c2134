/**
 * Networks small enough to check every gradient of, with every layer and every kind of fusion.
 *
 * @module
 */

import { createDataset, type Dataset } from "../data/dataset.ts";
import { residual } from "../graph/residual.ts";
import { relu, tanh } from "../layers/activation.ts";
import { averagePooling2d } from "../layers/average-pooling2d.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { gelu } from "../layers/smooth-activation.ts";
import { softmax } from "../layers/softmax.ts";
import type { Loss } from "../model/contracts.ts";
import { RandomStream } from "../numeric/random.ts";
import { meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "../training/losses.ts";

/** A network with its images and loss. */
export interface SmallNetwork {
  readonly name: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly layers: readonly Layer[];
  readonly loss: Loss;
}

/** Images of a batch: odd, so that threads get unequal parts. */
export const SMALL_BATCH = 5;

const CLASSES = 3;

/** The networks: every layer, fused and unfused. */
export const CHECKED_NETWORKS: readonly SmallNetwork[] = [
  {
    name: "groups, residuals, normalisation, dropout",
    shape: [9, 7, 2],
    loss: softmaxCrossEntropy(),
    layers: [
      conv2d({ filters: 5, kernelSize: 3, padding: 1, activation: "relu" }),
      conv2d({ filters: 6, kernelSize: 3, padding: "same", useBias: false }),
      batchNormalization({ momentum: 0.75 }),
      maxPooling2d({ poolSize: 2, ceilMode: true }),
      relu(),
      residual([conv2d({ filters: 6, kernelSize: 3, padding: "same", groups: 3 }), batchNormalization(), gelu()]),
      depthwiseConv2d({ kernelSize: [3, 2], untiedBias: true, activation: "relu" }),
      dropout({ rate: 0.25 }),
      residual([conv2d({ filters: 4, kernelSize: 2, strides: 2, padding: "same" }), tanh()], {
        shortcut: [averagePooling2d({ padding: "same" }), conv2d({ filters: 4, kernelSize: 1 })],
      }),
      flatten(),
      dense({ units: 9, activation: "leakyRelu" }),
      dropout({ rate: 0.5 }),
      dense({ units: CLASSES }),
    ],
  },
  {
    name: "one channel, then 3x3 on many",
    shape: [14, 13, 1],
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    layers: [
      conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
      conv2d({ filters: 24, kernelSize: 3, padding: "same", activation: "relu" }),
      maxPooling2d(),
      conv2d({ filters: 16, kernelSize: 3 }),
      maxPooling2d(),
      relu(),
      flatten(),
      dense({ units: 18, activation: "relu" }),
      dense({ units: CLASSES }),
    ],
  },
  {
    name: "colours, strides, average pooling, a folded sigmoid",
    shape: [12, 11, 3],
    loss: sigmoidBinaryCrossEntropy(),
    layers: [
      conv2d({ filters: 8, kernelSize: 5, strides: 2, padding: "same", activation: "gelu" }),
      averagePooling2d({ poolSize: 2 }),
      conv2d({ filters: 12, kernelSize: 3, dilationRate: 2, padding: "same", activation: "tanh" }),
      globalAveragePooling2d(),
      dense({ units: CLASSES, activation: "sigmoid" }),
    ],
  },
  {
    name: "squared error of a softmax",
    shape: [6, 5, 4],
    loss: meanSquaredError(),
    layers: [
      conv2d({ filters: 7, kernelSize: 3, strides: 2, activation: "sigmoid" }),
      flatten(),
      dense({ units: 10, activation: "tanh" }),
      softmax(),
      dense({ units: CLASSES, activation: "softmax" }),
    ],
  },
];

/** Random images for a network, with classes or targets for its loss. */
export function smallData({ name, shape, loss }: SmallNetwork): Dataset {
  const stream = RandomStream.from(1, name);
  const size = shape[0] * shape[1] * shape[2];
  const pixel = (i: number) => stream.integer(i, 256);
  if (loss.classes) {
    const images = Uint8Array.from({ length: SMALL_BATCH * size }, (_, i) => pixel(i));
    const labels = Uint8Array.from({ length: SMALL_BATCH }, (_, i) => i % CLASSES);
    return createDataset({ name, shape, images, labels, classes: CLASSES });
  }
  const images = Float32Array.from({ length: SMALL_BATCH * size }, (_, i) => pixel(i));
  const values = stream.child(1);
  const targets = Float32Array.from({ length: SMALL_BATCH * CLASSES }, (_, i) => values.uniform(i));
  return createDataset({ name, shape, images, targets });
}
