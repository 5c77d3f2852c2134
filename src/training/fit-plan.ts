import { AUGMENT } from "../data/augment.ts";
import { list, nested } from "../options/compound.ts";
import { whole } from "../options/kinds.ts";
import type { OptionSchema } from "../options/schema.ts";
import { variantKind } from "../options/variants.ts";
import { AVERAGINGS, type Averaging, parseAveraging } from "./averaging.ts";
import { METRICS } from "./chosen-metrics.ts";
import { CLASS_WEIGHT } from "./class-weight-option.ts";
import { PREDICTION } from "./prediction-settings.ts";
import { SAMPLE_EVALUATION } from "./reports.ts";
import { SAMPLING } from "./sampling.ts";
import { parseSchedule, SCHEDULES, type Schedule } from "./schedules.ts";

/** The part of the plan of a training that `fit` needs. */
export const FIT_PLAN = {
  /** Passes over the training images. */
  epochs: { kind: whole(1), default: 1 },
  /** Learning rate over time. */
  schedule: { kind: variantKind<Schedule, Schedule>(SCHEDULES, parseSchedule), default: { type: "constant" } },
  /**
   * Weights of the classes in the loss. By their names or indices, as a list, or `"balanced"` for classes that count alike. As Keras'
   * `class_weight`: a mean is the sum of weight times loss over the number of images, and validation counts images alike.
   */
  classWeight: { kind: CLASS_WEIGHT, optional: true },
  /** Random changes to the training images. */
  augment: { kind: nested(AUGMENT), optional: true },
  /** Order of the images in an epoch. */
  sampling: { kind: SAMPLING, default: "shuffle", rare: true },
  /** Full batches in an epoch. Without it as many as take each image once, the last one shorter where they don't divide. */
  stepsPerEpoch: { kind: whole(1), optional: true, rare: true },
  /** Tells the mean loss and accuracy of every so many steps. Each is an event "average". */
  averageEvery: { kind: whole(1), optional: true, rare: true },
  /** Evaluations in the course of the epochs, on random samples. Each is an event "evaluation". */
  evaluations: { kind: list(nested(SAMPLE_EVALUATION)), default: [], rare: true },
  /** Statistics and views of evaluations and validation. */
  prediction: { kind: nested(PREDICTION), default: {}, rare: true },
  /** Metrics of each epoch and its validation, beside loss and accuracy. */
  metrics: { kind: METRICS, default: [] },
  /** An average of the weights, which is what validation sees and what the run ends with. */
  averaging: { kind: variantKind<Averaging, Averaging>(AVERAGINGS, parseAveraging), optional: true },
} as const satisfies OptionSchema;
