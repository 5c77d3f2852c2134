import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { sgd } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/** The notebook that reads HDF5. */
export const conv5: Recipe = {
  name: "conv5",
  description: "one convolution and SGD on single images drawn with replacement, 50 epochs on 3,500 images",
  input: { scale: 1 / 255 },
  variables: { filters: 5, kernelSize: 5 },
  layers: (classes, { variables: { filters, kernelSize } = { filters: 5, kernelSize: 5 } } = {}) => [
    conv2d({
      filters,
      kernelSize,
      useBias: false,
      activation: "relu",
      kernelInitializer: { type: "normal", deviation: 1 / kernelSize },
    }),
    flatten(),
    dense({
      units: classes,
      kernelInitializer: { type: "normal", deviation: 1 / 28 },
      biasInitializer: { type: "normal", deviation: 1 / Math.sqrt(classes) },
    }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.01 }),
  schedule: constant(),
  batchSize: 1,
  epochs: 50,
  sampling: "replacement",
  split: { train: [0, 3500] },
  notes: [
    "The built-in recipe takes other sizes: --set filters=8,kernelSize=7. --train-range 0:10000 takes more images.",
  ],
  figures: [
    { figure: "trainAccuracy", epoch: 1, value: 0.832, kind: "published" },
    { figure: "trainAccuracy", epoch: 11, value: 0.95, kind: "published" },
    { figure: "trainAccuracy", epoch: 21, value: 0.97, kind: "published" },
    { figure: "trainAccuracy", epoch: 50, value: 0.966, kind: "published" },
    { figure: "testAccuracy", value: 0.8459, kind: "published" },
  ],
};
