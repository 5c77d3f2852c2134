import type { AugmentOptions } from "../data/augment.ts";
import type { Layer } from "../layers/layer.ts";
import type { Optimizer } from "../model/contracts.ts";
import type { InputOptions } from "../model/input.ts";
import type { LossOption } from "../training/losses.ts";
import type { Schedule } from "../training/schedules.ts";

/** A network with the settings it is trained with: data, so that one screen shows the whole experiment. */
export interface Recipe {
  readonly name: string;
  /** One line for listings. */
  readonly description: string;
  /** Shape of the images it was drawn up for, which the benchmark gives it. Default [28, 28, 1]. */
  readonly shape?: readonly [height: number, width: number, channels: number];
  /** Scaling of the raw pixels (0 to 255). */
  readonly input: Omit<InputOptions, "shape">;
  /** The layers for a number of classes. */
  readonly layers: (classes: number) => readonly Layer[];
  readonly loss: LossOption;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batchSize: number;
  readonly epochs: number;
  readonly augment?: AugmentOptions;
}
