import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import type { Initializer } from "../layers/initializers.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { adam } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

const fromZero: Initializer = { type: "uniform", minimum: 0, maximum: 1 };
const aroundZero: Initializer = { type: "uniform", minimum: -1, maximum: 1 };

/** The notebook with Adam, whose layers are named as Keras names them. */
export const conv10: Recipe = {
  name: "conv10",
  description: "ten filters with positive weights, Adam without bias correction, batches of 32",
  input: { scale: 1 },
  variables: { padding: 1 },
  layers: (classes, { variables: { padding } = { padding: 1 } } = {}) => [
    conv2d({
      filters: 10,
      kernelSize: 3,
      padding,
      activation: "relu",
      kernelInitializer: fromZero,
      biasInitializer: fromZero,
    }),
    maxPooling2d({ poolSize: 2, ceilMode: true }),
    flatten(),
    dense({ units: classes, kernelInitializer: aroundZero, biasInitializer: fromZero }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: adam({
    learningRate: 0.005,
    beta1: 0.95,
    beta2: 0.99,
    epsilon: 1e-7,
    epsilonInside: true,
    biasCorrection: false,
  }),
  schedule: constant(),
  batchSize: 32,
  epochs: 2,
  averageEvery: 1,
  notes: [
    "The notebook set Adam's moments back to zero at every batch; here they last.",
    "The built-in recipe with --set padding=0 has the layer table that the notebook prints: 17,010 parameters.",
  ],
  figures: [{ figure: "testAccuracy", value: 0.8528, kind: "published" }],
};
