// Shared settings of the networks with plain settings.

import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import type { Layer } from "../layers/layer.ts";
import { sgd } from "../training/optimizers.ts";
import { constant } from "../training/schedules.ts";
import type { Recipe } from "./recipe.ts";

/** A network with one simple optimizer, no schedule. */
export function plain(name: string, description: string, layers: Recipe["layers"]): Recipe {
  return {
    name,
    description,
    input: { scale: 1 / 255 },
    layers,
    loss: "softmaxCrossEntropy",
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    schedule: constant(),
    batchSize: 128,
    epochs: 3,
  };
}

/** PyTorch's batch normalisation: its momentum of 0.1 is the share that is replaced. */
export function normalization(): Layer {
  return batchNormalization({ momentum: 0.9, epsilon: 1e-5 });
}

/**
 * A number of channels at a width: a multiple of 8 that is at most a tenth below the exact number, rounded as in
 * torchvision.
 */
export function channelsAt(width: number, channels: number): number {
  const exact = width * channels;
  const rounded = Math.max(8, Math.floor((exact + 4) / 8) * 8);
  return rounded < 0.9 * exact ? rounded + 8 : rounded;
}

/** The ReLU of networks for small machines, whose outputs end at 6. */
export function relu6(): Layer {
  return relu({ maxValue: 6 });
}

/** A convolution without bias and its batch normalisation. */
export function normalized(filters: number, kernelSize: number, strides = 1): readonly Layer[] {
  const kernelInitializer = "heNormal";
  return [
    conv2d({ filters, kernelSize, strides, padding: "same", useBias: false, kernelInitializer }),
    normalization(),
  ];
}
