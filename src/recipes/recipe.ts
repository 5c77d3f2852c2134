import type { AugmentOptions } from "../data/augment.ts";
import type { ImageShape } from "../data/pixels.ts";
import type { Layer } from "../layers/layer.ts";
import type { Optimizer } from "../model/contracts.ts";
import type { InputOptions } from "../model/input.ts";
import type { Averaging } from "../training/averaging.ts";
import type { PredictionSettings } from "../training/evaluate.ts";
import type { LossOption } from "../training/losses.ts";
import type { SampleEvaluation } from "../training/reports.ts";
import type { Sampling } from "../training/sampling.ts";
import type { Schedule } from "../training/schedules.ts";
import type { WhitenOptions } from "../training/whitening.ts";
import type { DataSplit } from "./data-split.ts";

/** Numbers that a recipe leaves open, such as how many filters. */
export type Variables = Readonly<Record<string, number>>;

/** What a network is drawn up for, besides the number of classes. */
export interface LayersFor {
  /** Shape of the images, where the layers depend on it. Default: the recipe's. */
  readonly shape?: ImageShape;
  /** Default: the recipe's. */
  readonly variables?: Variables;
}

/** A network with the settings it is trained with: data, so that one screen shows the whole experiment. */
export interface Recipe {
  readonly name: string;
  /** One line for listings. */
  readonly description: string;
  /** Shape of the images it was drawn up for, which the benchmark gives it. Default [28, 28, 1]. */
  readonly shape?: ImageShape;
  /** Rows and columns of the smallest images that it is made for. Default: the smallest that its layers can take. */
  readonly smallest?: number;
  /** Scaling of the raw pixels (0 to 255). */
  readonly input: Omit<InputOptions, "shape">;
  /** What `layers` may be told besides the classes, with its default. */
  readonly variables?: Variables;
  /** The layers for a number of classes. */
  readonly layers: (classes: number, given?: LayersFor) => readonly Layer[];
  /** The first layer begins with filters that whiten patches of training images. */
  readonly whitening?: WhitenOptions;
  readonly loss: LossOption;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Images per step; `"all"`: full-batch training, whose memory grows with the data set. */
  readonly batchSize: number | "all";
  readonly epochs: number;
  /** Default `"shuffle"`. */
  readonly sampling?: Sampling;
  readonly augment?: AugmentOptions;
  /** Default none. */
  readonly averaging?: Averaging;
  /** How images are seen in validation and test. Default: running statistics, one view. */
  readonly prediction?: PredictionSettings;
  /** Default: all images, none for validation. */
  readonly split?: DataSplit;
  /** Steps that a mean of the training figures spans. Default none. */
  readonly averageEvery?: number;
  /** Evaluations on random samples in the course of the epochs. Default none. */
  readonly evaluations?: readonly SampleEvaluation[];
  /** What is known of it: where it comes from, and where it does other than that. A sentence or more each. */
  readonly notes?: readonly string[];
  /** What it is to reach, and what its source reached. */
  readonly figures?: readonly RecipeFigure[];
}

/** One number that a run of the recipe can be compared with. */
export interface RecipeFigure {
  /**
   * Which of the run's figures: those of an epoch (`trainLoss`, `trainAccuracy`, `valLoss`, `valAccuracy`), the mean loss of
   * the last `averageEvery` steps, or the accuracy on the images to test on at the end.
   */
  readonly figure: "trainLoss" | "trainAccuracy" | "valLoss" | "valAccuracy" | "averageLoss" | "testAccuracy";
  /** Epoch that it belongs to, from 1. */
  readonly epoch?: number;
  /** Steps done, for `averageLoss`. */
  readonly step?: number;
  readonly value: number;
  /** `published`: what the source reached. `target`: what this recipe is made to reach. */
  readonly kind: "published" | "target";
}
