import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { ema } from "../training/averaging.ts";
import { softmaxCrossEntropy } from "../training/losses.ts";
import { sgd } from "../training/optimizers.ts";
import { oneCycle } from "../training/schedules.ts";
import { block } from "./block.ts";
import type { Recipe } from "./recipe.ts";

/** The recipe for Fashion-MNIST (Xiao et al., 2017). */
export const fashion: Recipe = {
  name: "fashion",
  description: "five convolutions for Fashion-MNIST, flips and cutout, averaged weights",
  // Mean and deviation of Fashion-MNIST's training pixels.
  input: { mean: 72.9, deviation: 90 },
  layers: (classes) => [
    ...block(32, "valid", false),
    ...block(32, "valid", true),
    ...block(64, "same", false),
    ...block(64, "same", true),
    ...block(128, "same", false),
    flatten(),
    dropout({ rate: 0.3 }),
    dense({ units: classes }),
  ],
  loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
  optimizer: sgd({ learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 0.002 }),
  schedule: oneCycle(),
  batchSize: 128,
  epochs: 25,
  augment: { randomCrop: 2, horizontalFlip: "alternating", cutout: 6 },
  averaging: ema({ decay: 0.998 }),
  prediction: { testTimeAugmentation: { horizontalFlip: true, shift: 1 } },
  notes: ["Made for Fashion-MNIST's IDX files; seeds 1 to 3 reached 94.20, 94.32 and 94.05 % on them."],
  figures: [{ figure: "testAccuracy", value: 0.94, kind: "target" }],
};
