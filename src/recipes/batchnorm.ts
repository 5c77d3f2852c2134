import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import type { Initializer } from "../layers/initializers.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { sgd } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

const kernelInitializer: Initializer = { type: "normal", deviation: 0.1 };
const normalized = () => [batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), relu()];

/** The notebook with batch normalisation. */
export const batchnorm: Recipe = {
  name: "batchnorm",
  description: "batch normalisation, full-batch gradient descent on 1,000 images",
  input: { scale: 1 / 255 },
  layers: (classes) => [
    conv2d({ filters: 16, kernelSize: 3, padding: 1, useBias: false, kernelInitializer }),
    ...normalized(),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 18, kernelSize: 4, padding: 1, useBias: false, kernelInitializer }),
    ...normalized(),
    flatten(),
    dense({ units: 20, useBias: false, kernelInitializer }),
    ...normalized(),
    dense({ units: classes, kernelInitializer }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.5 }),
  schedule: constant(),
  batchSize: "all",
  epochs: 50,
  split: { train: [0, 1000], test: { of: "test", range: [0, 1000] }, validation: "test" },
  // The published figures are those of the last weights.
  restoreBestWeights: false,
  prediction: { batchStatistics: true },
  notes: [
    "An epoch is one step over all 1,000 images. Test images are normalised by their own statistics, as in the notebook; --no-batch-statistics takes the running ones.",
    "Training figures are those before an epoch's step, test figures those after it.",
  ],
  figures: [
    { figure: "trainLoss", epoch: 1, value: 2.396, kind: "published" },
    { figure: "valLoss", epoch: 1, value: 2.376, kind: "published" },
    { figure: "trainLoss", epoch: 6, value: 1.735, kind: "published" },
    { figure: "trainAccuracy", epoch: 6, value: 0.627, kind: "published" },
    { figure: "valAccuracy", epoch: 6, value: 0.504, kind: "published" },
    { figure: "trainAccuracy", epoch: 10, value: 0.764, kind: "published" },
    { figure: "valAccuracy", epoch: 10, value: 0.623, kind: "published" },
  ],
};
