import { residual } from "../graph/residual.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { rescaling } from "../layers/rescaling.ts";
import { gelu } from "../layers/smooth-activation.ts";
import { ema } from "../training/averaging.ts";
import { softmaxCrossEntropy } from "../training/losses.ts";
import { sgd } from "../training/optimizers.ts";
import { oneCycle } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

const normalized = () => [batchNormalization({ momentum: 0.6 }), gelu()];

/** A pooled convolution, then a residual block of one convolution. */
function block(filters: number): readonly Layer[] {
  const options = { filters, kernelSize: 3, padding: "same", useBias: false, kernelInitializer: "heNormal" } as const;
  return [
    conv2d(options),
    maxPooling2d({ poolSize: 2 }),
    ...normalized(),
    residual([conv2d(options), ...normalized()]),
  ];
}

/** A residual network with its training for CIFAR-10 (Krizhevsky, 2009), after K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024). */
export const cifar10: Recipe = {
  name: "cifar10",
  description:
    "residual network for CIFAR-10: whitening first layer, alternating flips, averaged weights, several views",
  shape: [32, 32, 3],
  // Mean and deviation of CIFAR-10's training pixels, per channel.
  input: { mean: [125.3, 123, 113.9], deviation: [63, 62.1, 66.7] },
  layers: (classes) => [
    conv2d({ name: "whiten", filters: 24, kernelSize: 2 }),
    gelu(),
    ...block(64),
    ...block(256),
    ...block(256),
    maxPooling2d({ poolSize: 3 }),
    flatten(),
    dense({ units: classes }),
    // As Jordan has it: without it the last layer learns so fast that the first steps throw the others off.
    rescaling({ scale: 1 / 9 }),
  ],
  whitening: { images: 5000, epsilon: 0.0005 },
  loss: softmaxCrossEntropy({ labelSmoothing: 0.2 }),
  optimizer: sgd({ learningRate: 0.4, momentum: 0.85, nesterov: true, l2: 0.0013 }),
  schedule: oneCycle({ startDivisor: 5, finalDivisor: 3, warmupShare: 0.23, anneal: "linear" }),
  batchSize: 256,
  epochs: 10,
  augment: { randomCrop: 2, horizontalFlip: "alternating" },
  averaging: ema({ decay: 0.95, every: 20 }),
  prediction: { testTimeAugmentation: { horizontalFlip: true, shift: 1 } },
  notes: ["Made for CIFAR-10's binary files; its accuracy on them was not measured."],
  figures: [{ figure: "testAccuracy", value: 0.94, kind: "target" }],
};
