import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { sgd } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/** The notebook with eight filters. */
export const conv8: Recipe = {
  name: "conv8",
  description: "eight filters without activation, SGD one image at a time on 1,000 images",
  input: { scale: 1 / 255, offset: -0.5 },
  layers: (classes) => [
    conv2d({ filters: 8, kernelSize: 3, useBias: false, kernelInitializer: { type: "normal", deviation: 1 / 9 } }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: classes, kernelInitializer: { type: "normal", deviation: 1 / 1352 } }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.005 }),
  schedule: constant(),
  batchSize: 1,
  epochs: 3,
  split: { train: [0, 1000], test: { of: "train", range: [1000, 2000] } },
  averageEvery: 100,
  notes: ["It is tested on images 1,000 to 1,999 of the training set, which it does not train on."],
  figures: [
    { figure: "averageLoss", step: 100, value: 2.211, kind: "published" },
    { figure: "averageLoss", step: 1000, value: 1.339, kind: "published" },
    { figure: "trainLoss", epoch: 2, value: 1.2, kind: "published" },
  ],
};
