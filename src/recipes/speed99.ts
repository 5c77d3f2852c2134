import { relu } from "../layers/activation.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { sgd } from "../training/optimizers.ts";
import { oneCycle } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/** The default: 99 % on MNIST in a few seconds. Pooling before the ReLU does a quarter of its work for the same result. */
export const speed99: Recipe = {
  name: "speed99",
  description: "two small convolutions, one-cycle schedule: 99 % on MNIST in the fewest seconds",
  input: { mean: 33.3, deviation: 78.6 },
  layers: (classes) => [
    conv2d({ filters: 16, kernelSize: 3, padding: "valid", kernelInitializer: "heNormal" }),
    maxPooling2d({ poolSize: 2 }),
    relu(),
    conv2d({ filters: 32, kernelSize: 3, kernelInitializer: "heNormal" }),
    maxPooling2d({ poolSize: 2 }),
    relu(),
    flatten(),
    dense({ units: classes }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  schedule: oneCycle(),
  batchSize: 128,
  epochs: 3,
};
