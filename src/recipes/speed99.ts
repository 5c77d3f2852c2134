import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { sgd } from "../training/optimizers.ts";
import { oneCycle } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/**
 * The default: 99 % on MNIST in a few seconds. Normalisation allows a learning rate of 0.4, which two epochs need; pooling
 * comes before both, since a quarter of the elements is a quarter of the work.
 */
export const speed99: Recipe = {
  name: "speed99",
  description:
    "two 5 x 5 convolutions with batch normalisation, one-cycle schedule: 99 % on MNIST in the fewest seconds",
  // Mean and deviation of MNIST's training pixels.
  input: { mean: 33.3, deviation: 78.6 },
  layers: (classes) => [
    conv2d({ filters: 8, kernelSize: 5, useBias: false, kernelInitializer: "heNormal" }),
    maxPooling2d({ poolSize: 2 }),
    batchNormalization({ momentum: 0.9 }),
    relu(),
    conv2d({ filters: 16, kernelSize: 5, useBias: false, kernelInitializer: "heNormal" }),
    maxPooling2d({ poolSize: 2 }),
    batchNormalization({ momentum: 0.9 }),
    relu(),
    flatten(),
    dense({ units: classes }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.4, momentum: 0.9, nesterov: true, weightDecay: 0.002 }),
  schedule: oneCycle(),
  batchSize: 128,
  epochs: 2,
  augment: { shift: 1 },
};
