import type { ImageShape } from "../data/pixels.ts";
import type { Layer } from "../layers/layer.ts";
import type { Optimizer } from "../model/contracts.ts";
import type { OptionsOf } from "../options/schema.ts";
import type { LossOption } from "../training/losses.ts";
import type { PlanOptions } from "../training/plan.ts";
import type { Schedule } from "../training/schedules.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type { DataSplit } from "./data-split.ts";
import type { RECIPE_FIGURE, RECIPE_INPUT } from "./recipe-options.ts";

/** Numbers that a recipe leaves open, such as the number of filters. */
export type Variables = Readonly<Record<string, number>>;

/** Settings of a recipe's network, besides the number of classes. */
export interface LayersFor {
  /** Shape of the images, where the layers depend on it. Default: the recipe's. */
  readonly shape?: ImageShape | undefined;
  /** Values of the recipe's variables. Default: the recipe's. */
  readonly variables?: Variables | undefined;
}

/** The scaling of a recipe's input, and where it says so its shape. */
export interface RecipeInput extends OptionsOf<typeof RECIPE_INPUT> {}

/** A network with the plan that it is trained by: one object for a whole experiment. */
export interface Recipe extends Omit<PlanOptions, "seed"> {
  /** The name by which commands know it. */
  readonly name: string;
  /** A line for listings. */
  readonly description: string;
  /** Shape of the images that it is made for, also in the benchmark. Default [28, 28, 1]. */
  readonly shape?: ImageShape | undefined;
  /** Rows and columns of the smallest images that it is made for. Default: the smallest that its layers can take. */
  readonly smallest?: number | undefined;
  /** Scaling of the raw pixels (0 to 255); with a shape, images have to have that one. */
  readonly input: RecipeInput;
  /** Variables of `layers` with their defaults. */
  readonly variables?: Variables | undefined;
  /** The layers for a number of classes. */
  readonly layers: (classes: number, given?: LayersFor) => readonly Layer[];
  /** Names of the layers whose outputs the model gives. Default: the last one. */
  readonly outputs?: readonly string[] | undefined;
  /** Whitening filters of training images, with which the first layer begins. */
  readonly whitening?: WhitenOptions | undefined;
  readonly loss: LossOption;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batchSize: number | "all";
  readonly epochs: number;
  /** Division of the data set. Default: all images, none for validation. */
  readonly split?: DataSplit | undefined;
  /** Sources of the recipe, and differences from them. A sentence or more each. */
  readonly notes?: readonly string[] | undefined;
  /** Figures that the recipe aims at, and figures of its source. */
  readonly figures?: readonly RecipeFigure[] | undefined;
}

/** A number that a run of the recipe can be compared with: one of an epoch, of the last steps, or of the test at the end. */
export interface RecipeFigure extends Readonly<OptionsOf<typeof RECIPE_FIGURE>> {}

/** True if an experiment with images for validation ends with the weights of its best epoch: unless its plan says otherwise. */
export function keepsBest({ restoreBestWeights = true }: PlanOptions): boolean {
  return restoreBestWeights;
}
