import { choice, number, text, whole, wholeOr } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf, ValuesOf } from "../options/schema.ts";
import { SEED } from "../training/model-settings.ts";
import { WAYS } from "./way.ts";

/** The settings of a search, which a space file may have beside the space; those on the command line come first. */
export const SEARCH = {
  /** Way to choose trials: grid, random, quasiRandom (Sobol), halving (rungs as a whole), asha (rungs as they fill) or tpe. */
  way: { kind: choice(WAYS), default: "random" },
  /**
   * Number of trials, with halving and asha of the lowest rung. Default 32; with grid all, with
   * halving and asha so many that eta of them reach the last rung, with hours as many as they take.
   */
  trials: { kind: whole(1, 1_000_000), optional: true },
  /** Hours after which no more trainings begin. */
  hours: { kind: number({ above: 0 }), optional: true },
  /** Figure to follow, by its name in history.csv, or testAccuracy and testLoss. */
  metric: { kind: text(), default: "valAccuracy" },
  /** Direction of better figures. Default maximize, but minimize for losses and errors. */
  direction: { kind: choice(["maximize", "minimize"]), optional: true },
  /** Parts of a cross-validation, each with its share of every class: so many trainings a trial, and their mean. */
  folds: { kind: whole(1, 1000), default: 1 },
  /** Seeds of each trial: so many trainings, and their mean. */
  seeds: { kind: whole(1, 1000), default: 1 },
  /** Seed of the choice of trials, and the first one of their trainings. */
  seed: { kind: SEED, default: 0 },
  /** Trials of a rung for each one that goes on to the next, with halving and asha. */
  eta: { kind: whole(2, 100), default: 3, rare: true },
  /** Epochs of the lowest rung, with halving and asha. */
  minEpochs: { kind: whole(1), default: 1, rare: true },
  /** Values that a grid takes of a range without a step. */
  gridPoints: { kind: whole(2, 1000), default: 5, rare: true },
} as const satisfies OptionSchema;

/** The settings of a search as users write them. */
export interface SearchSettings extends OptionsOf<typeof SEARCH> {}

/** The settings of a search, read and complete. */
export interface SearchPlan extends ValuesOf<typeof SEARCH> {}

/** The settings of the machine that a search runs on, which change nothing in its results. */
export const SEARCH_MACHINE = {
  /** Trainings beside each other, or auto: one for each core. */
  slots: { kind: wholeOr("auto", 1, 1024), default: "auto" },
} as const satisfies OptionSchema;

/** True if the largest value of a metric is the best. */
export function isMaximized({ metric, direction }: Pick<SearchPlan, "metric" | "direction">): boolean {
  if (direction !== undefined) return direction === "maximize";
  return !/(Loss|Error)$/.test(metric);
}
