import type { AugmentOptions } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Averaging } from "./averaging.ts";
import type { Callback } from "./callback.ts";
import type { PredictionSettings } from "./evaluate.ts";
import type { SampleEvaluation } from "./reports.ts";
import type { Sampling } from "./sampling.ts";
import type { Schedule } from "./schedules.ts";

export interface FitOptions {
  /** Passes over the data. Default 1. */
  epochs?: number;
  /** Evaluated after each epoch. Default none. */
  validation?: Dataset;
  /** Learning rate over time. Default constant. */
  schedule?: Schedule;
  /** Random changes to the images. Default none. */
  augment?: AugmentOptions;
  /** Which images an epoch takes, and in what order. Default `"shuffle"`. */
  sampling?: Sampling;
  /** False is short for `sampling: "sequential"`. Default true. */
  shuffle?: boolean;
  /** Full batches in an epoch. Default: as many as take each image once, the last one shorter where they don't divide. */
  stepsPerEpoch?: number;
  /** Tells the mean loss and accuracy of every so many steps, as an event "average". Default none. */
  averageEvery?: number;
  /** Evaluations in the course of the epochs, on random samples; each is an event "evaluation". Default none. */
  evaluations?: readonly SampleEvaluation[];
  /** How images are seen in evaluations and validation. Default: running statistics, one view. */
  prediction?: PredictionSettings;
  /** An average of the weights, which is what validation sees and what the run ends with. Default none. */
  averaging?: Averaging;
  callbacks?: readonly Callback[];
  /** Ends the run after the current step, or within a validation; the trainer can go on from there. */
  signal?: AbortSignal;
}

export const FIT_KEYS = [
  "epochs",
  "validation",
  "schedule",
  "augment",
  "sampling",
  "shuffle",
  "stepsPerEpoch",
  "averageEvery",
  "evaluations",
  "prediction",
  "averaging",
  "callbacks",
  "signal",
] satisfies (keyof FitOptions)[];
