/**
 * The plan of a training: everything that says how a run trains, but for network, data and machine. Library, command line, recipes,
 * sessions, checkpoints and page share it: an option that is added to a part of it is known to all of them.
 *
 * @module
 */

import { choice, flag, wholeOr } from "../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../options/schema.ts";
import { patience } from "./callbacks/patience.ts";
import { COMPILE_PLAN } from "./compile-plan.ts";
import { FIT_PLAN } from "./fit-plan.ts";
import { MAX_BATCH, SEED } from "./model-settings.ts";

/** The part of a plan that a checkpoint keeps beside the model, and a session is told: `fit`'s, and what callbacks do. */
export const RUN_PLAN = {
  ...FIT_PLAN,
  /** Ends the run after so many epochs without a better validation loss, with the best weights. */
  earlyStopping: { kind: patience(), optional: true },
  /** Ends with the weights of the epoch with the best validation loss. If not given, only with `earlyStopping`. */
  restoreBestWeights: { kind: flag(), optional: true },
  /** Figure of the validation images that says which epoch is better: the loss should fall, the accuracy rise. */
  monitor: { kind: choice(["valLoss", "valAccuracy"]), default: "valLoss", rare: true },
  /** Lowers the learning rate to a tenth after so many epochs without a better validation loss. */
  reduceOnPlateau: { kind: patience(), optional: true, rare: true },
} as const satisfies OptionSchema;

/** A whole plan. */
export const TRAINING_PLAN = {
  /** Optimizer. An instance, a name, or its JSON. */
  optimizer: { kind: COMPILE_PLAN.optimizer.kind },
  /** Loss. An instance, a name, or its JSON. */
  loss: { kind: COMPILE_PLAN.loss.kind },
  ...RUN_PLAN,
  /** Images per step; all: in one batch, whose memory grows with the data. */
  batchSize: { kind: wholeOr("all", 1, MAX_BATCH), default: 32 },
  /** Seed of everything random. */
  seed: { kind: SEED, default: 0 },
} as const satisfies OptionSchema;

/** A plan as users and recipes write it. */
export type PlanOptions = OptionsOf<typeof TRAINING_PLAN>;

/** The plan of a training, read and complete. */
export interface TrainingPlan extends ValuesOf<typeof TRAINING_PLAN> {}

/** The part that checkpoints keep beside the model, read and complete. */
export type RunPlan = ValuesOf<typeof RUN_PLAN>;

/**
 * The plan of a training from TypeScript or from untrusted JSON, with its defaults.
 *
 * @param who stands in error messages
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * parsePlan({ optimizer: "sgd", loss: "softmaxCrossEntropy", epochs: 3 }).batchSize; // 32
 */
export function parsePlan(json: unknown, who = "plan"): TrainingPlan {
  return readOptions(who, TRAINING_PLAN, json);
}
