// Small networks of the literature, tutorials and benchmarks, each trained the plain way.

import { residual } from "../graph/residual.ts";
import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { adam } from "../training/optimizers.ts";
import { normalized, plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** A residual block of two 3 x 3 convolutions (He et al., 2016) that halves the image where `strides` is 2. */
function residualBlock(filters: number, strides: number): readonly Layer[] {
  const around = strides === 1 ? {} : { shortcut: normalized(filters, 1, strides) };
  return [residual([...normalized(filters, 3, strides), relu(), ...normalized(filters, 3)], around), relu()];
}

/** The networks by name. */
export const PLAIN_NETWORKS: readonly Recipe[] = [
  plain("strided", "two convolutions with stride 2 in place of pooling, dense 128", (classes) => [
    conv2d({ filters: 32, kernelSize: 3, strides: 2, activation: "relu" }),
    conv2d({ filters: 64, kernelSize: 3, strides: 2, activation: "relu" }),
    flatten(),
    dense({ units: 128, activation: "relu" }),
    dense({ units: classes }),
  ]),
  plain("conv8", "one convolution of 8 filters, pooling, dense: the smallest", (classes) => [
    conv2d({ filters: 8, kernelSize: 3 }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: classes }),
  ]),
  plain("batchnorm", "two convolutions and a dense layer, each with batch normalisation", (classes) => [
    conv2d({ filters: 16, kernelSize: 3, padding: 1, useBias: false }),
    batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    relu(),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 18, kernelSize: 4, padding: 1, useBias: false }),
    batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    relu(),
    flatten(),
    dense({ units: 20, useBias: false }),
    batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    relu(),
    dense({ units: classes }),
  ]),
  plain("conv5", "one 5 x 5 convolution of 5 filters, dense", (classes) => [
    conv2d({ filters: 5, kernelSize: 5, activation: "relu" }),
    flatten(),
    dense({ units: classes }),
  ]),
  {
    ...plain("conv10", "one padded convolution of 10 filters, pooling, dense; Adam", (classes) => [
      conv2d({ filters: 10, kernelSize: 3, padding: 1, activation: "relu" }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: classes }),
    ]),
    optimizer: adam({ learningRate: 0.005 }),
  },
  plain("keras", "the convnet of Keras' MNIST example: 32 and 64 filters, dropout", (classes) => [
    conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dropout({ rate: 0.5 }),
    dense({ units: classes }),
  ]),
  plain("torch", "the convnet of PyTorch's MNIST example without dropout: 32 and 64 filters, dense 128", (classes) => [
    conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
    conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 128, activation: "relu" }),
    dense({ units: classes }),
  ]),
  plain("lenet5", "LeNet-5 (LeCun et al., 1998) with ReLU and max pooling", (classes) => [
    conv2d({ filters: 6, kernelSize: 5, padding: 2, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 120, activation: "relu" }),
    dense({ units: 84, activation: "relu" }),
    dense({ units: classes }),
  ]),
  {
    ...plain("resnet8", "three residual blocks of 16, 32 and 64 filters, of CIFAR-10's size", (classes) => [
      ...normalized(16, 3),
      relu(),
      ...residualBlock(16, 1),
      ...residualBlock(32, 2),
      ...residualBlock(64, 2),
      globalAveragePooling2d(),
      dense({ units: classes }),
    ]),
    shape: [32, 32, 3],
  },
];
