import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import type { NormalInitializer } from "../layers/initializers.ts";
import { sgd } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/** Normal with the deviation 1 / √n. */
function normal(n: number): NormalInitializer {
  return { type: "normal", deviation: 1 / Math.sqrt(n) };
}

/** The strided notebook. */
export const strided: Recipe = {
  name: "strided",
  description: "two strided convolutions with a bias per position, SGD one image at a time",
  input: { scale: 1 },
  layers: (classes) => [
    conv2d({
      filters: 32,
      kernelSize: 3,
      strides: 2,
      untiedBias: true,
      activation: "relu",
      kernelInitializer: "lecunNormal",
      biasInitializer: normal(32),
    }),
    conv2d({
      filters: 64,
      kernelSize: 3,
      strides: 2,
      untiedBias: true,
      activation: "relu",
      kernelInitializer: "lecunNormal",
      biasInitializer: normal(64),
    }),
    flatten(),
    dense({ units: 128, activation: "relu", kernelInitializer: "lecunNormal", biasInitializer: normal(128) }),
    dense({ units: classes, kernelInitializer: "lecunNormal", biasInitializer: normal(classes) }),
  ],
  loss: "softmaxCrossEntropy",
  optimizer: sgd({ learningRate: 0.0001 }),
  schedule: constant(),
  batchSize: 1,
  epochs: 10,
  split: { validation: 1000 },
  // The published figures are those of the last weights.
  restoreBestWeights: false,
  evaluations: [
    { on: "validation", every: 200, images: 100 },
    { on: "training", every: 2000, images: 100 },
  ],
  notes: ["Pixels are unscaled, 0 to 255, which is why so small a learning rate does."],
  figures: [{ figure: "testAccuracy", value: 0.9703, kind: "published" }],
};
