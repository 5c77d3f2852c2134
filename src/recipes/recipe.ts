import type { ImageShape } from "../data/pixels.ts";
import type { Layer } from "../layers/layer.ts";
import type { Optimizer } from "../model/contracts.ts";
import type { InputOptions } from "../model/input.ts";
import type { LossOption } from "../training/losses.ts";
import type { PlanOptions } from "../training/plan.ts";
import type { Schedule } from "../training/schedules.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type { DataSplit } from "./data-split.ts";

/** Numbers that a recipe leaves open, such as the number of filters. */
export type Variables = Readonly<Record<string, number>>;

/** Settings of a recipe's network, besides the number of classes. */
export interface LayersFor {
  /** Shape of the images, where the layers depend on it. Default: the recipe's. */
  readonly shape?: ImageShape;
  /** Values of the recipe's variables. Default: the recipe's. */
  readonly variables?: Variables;
}

/** A network with the plan that it is trained by: one object for a whole experiment. */
export interface Recipe extends Omit<PlanOptions, "seed"> {
  readonly name: string;
  /** A line for listings. */
  readonly description: string;
  /** Shape of the images that it is made for, also in the benchmark. Default [28, 28, 1]. */
  readonly shape?: ImageShape;
  /** Rows and columns of the smallest images that it is made for. Default: the smallest that its layers can take. */
  readonly smallest?: number;
  /** Scaling of the raw pixels (0 to 255). */
  readonly input: Omit<InputOptions, "shape">;
  /** Variables of `layers` with their defaults. */
  readonly variables?: Variables;
  /** The layers for a number of classes. */
  readonly layers: (classes: number, given?: LayersFor) => readonly Layer[];
  /** Whitening filters of training images, with which the first layer begins. */
  readonly whitening?: WhitenOptions;
  readonly loss: LossOption;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batchSize: number | "all";
  readonly epochs: number;
  /** Division of the data set. Default: all images, none for validation. */
  readonly split?: DataSplit;
  /** Sources of the recipe, and differences from them. A sentence or more each. */
  readonly notes?: readonly string[];
  /** Figures that the recipe aims at, and figures of its source. */
  readonly figures?: readonly RecipeFigure[];
}

/** A number that a run of the recipe can be compared with. */
export interface RecipeFigure {
  /**
   * The run's figure: one of an epoch (`trainLoss`, `trainAccuracy`, `valLoss`, `valAccuracy`), the mean loss of the
   * last `averageEvery` steps, or the accuracy on the images to test on at the end.
   */
  readonly figure: "trainLoss" | "trainAccuracy" | "valLoss" | "valAccuracy" | "averageLoss" | "testAccuracy";
  /** Epoch that it belongs to, from 1. */
  readonly epoch?: number;
  /** Steps done, for `averageLoss`. */
  readonly step?: number;
  readonly value: number;
  /** `published`: a figure of the source. `target`: the aim of this recipe. */
  readonly kind: "published" | "target";
}
