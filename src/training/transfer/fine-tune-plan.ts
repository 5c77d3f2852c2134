import type { AugmentOptions } from "../../data/augment.ts";
import type { DatasetFacts } from "../../data/dataset.ts";
import type { Loss, Optimizer } from "../../model/contracts.ts";
import { pow } from "../../numeric/math.ts";
import { softmaxCrossEntropy } from "../losses.ts";
import { sgd } from "../optimizers.ts";
import { oneCycle, type Schedule } from "../schedules.ts";
import { type UnevenPlan, unevenPlan } from "./probe.ts";

/** Settings of a fine-tuning. */
export interface FineTunePlan extends UnevenPlan {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly schedule: Schedule;
  readonly batchSize: number;
  readonly epochs: number;
  readonly augment: AugmentOptions;
}

/** Images that the network is shown in all, and bounds of the epochs. */
const SHOWN = 1000;
const LEAST_EPOCHS = 2;
const MOST_EPOCHS = 12;

/** Learning rate of the first layer of the backbone as a share of the last one's. */
const FIRST_RATE = 0.1;

/**
 * Settings for the images of a network that knows others already: a low rate, which falls with depth, and the changes that photographs bear.
 *
 * @param layers that are trained
 */
export function fineTunePlan(data: Pick<DatasetFacts, "length" | "classes" | "labels">, layers: number): FineTunePlan {
  return {
    optimizer: sgd({
      learningRate: 0.001,
      momentum: 0.9,
      ...(layers > 1 && { layerDecay: pow(FIRST_RATE, 1 / (layers - 1)) }),
    }),
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    schedule: oneCycle(),
    batchSize: 16,
    epochs: Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(SHOWN / data.length))),
    augment: { randomResizedCrop: 0.7, horizontalFlip: true, brightness: 0.2, contrast: 0.2, saturation: 0.2 },
    ...unevenPlan(data),
  };
}
