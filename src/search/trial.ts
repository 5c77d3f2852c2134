/**
 * Trials of a search and the runs that they are made of, as plain JSON. A **trial** is one choice of settings, such as a way proposes it; a **run** is
 * one training of it, with one seed and on one fold. With folds and seeds a trial has as many runs as one times the other, and its
 * value is their mean.
 *
 * @module
 */

import type { Json } from "../json.ts";

/** Values of a space's parameters by their keys, or settings of `train` by their names in camel case. */
export type Settings = { readonly [key: string]: Json };

/** One choice of settings to be tried, as a way proposes it. */
export interface TrialSpec {
  /** Place in the order in which trials were proposed, from 0. */
  readonly index: number;
  /** Values of the space's parameters; those whose condition does not hold are missing. */
  readonly settings: Settings;
  /** Epoch after which the training pauses, to go on in another trial or not at all; undefined: it runs to its end. */
  readonly budget?: number;
  /** Rung of successive halving, from 0. */
  readonly rung?: number;
  /** Index of the trial, with the same settings and a smaller budget, whose training this one goes on with. */
  readonly from?: number;
}

/** The outcome of a trial over all of its runs. */
export interface TrialResult {
  readonly index: number;
  /** `failed`: a run diverged or its settings fit no network; there is no value. */
  readonly status: "done" | "failed";
  /** Mean of the metric over the runs; missing if any failed. */
  readonly value?: number;
  /** Mean of the metric over the runs after each epoch, as long as all have one. */
  readonly curve: readonly number[];
  /** Epochs that its settings have been trained for in all, those of earlier rungs included. */
  readonly epochs: number;
}

/** One of the parts of a cross-validation. */
export interface Fold {
  /** Number of the part that is held out, from 0. */
  readonly index: number;
  /** Number of parts. */
  readonly of: number;
}

/** One training of a trial: all that differs from the other runs of the search. */
export interface RunSpec {
  /** Number of the run among all of the search: trial × runs of a trial + its place within the trial. */
  readonly index: number;
  /** Index of the trial. */
  readonly trial: number;
  readonly settings: Settings;
  readonly seed: number;
  readonly fold?: Fold;
  /** Epoch after which it pauses, as {@link TrialSpec} has it. */
  readonly budget?: number;
  /** Index of the run, with the same seed and fold, whose checkpoint it goes on from. */
  readonly from?: number;
}

/** The part of a run's result that follows from space and seed alone, whatever machine ran it. */
export interface RunResult {
  readonly index: number;
  readonly trial: number;
  /** `failed`: it diverged, or its settings fit no network; doing it again would end alike. */
  readonly status: "done" | "failed";
  /** The metric of the epoch that the run ends with; missing if it failed. */
  readonly value?: number;
  /** All figures of that epoch by name, such as `valAccuracy`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Epochs trained in all. */
  readonly epochs: number;
  /** The metric after each epoch. */
  readonly curve: readonly number[];
  /** Reason of a failure, in one line. */
  readonly error?: string;
}

/** When, where and how long a run was trained: columns of the table that differ from search to search. */
export interface RunTimes {
  /** Seconds of the process that ended it; of a run that was gone on with, since then. */
  readonly seconds: number;
  /** Time of the end, as ISO 8601. */
  readonly endedAt: string;
  readonly host: string;
}

/** A run that has ended. */
export interface EndedRun {
  readonly result: RunResult;
  readonly times: RunTimes;
}

/** The runs that a trial is made of. */
export interface RunPlan {
  /** Number of folds; 1 for none. */
  readonly folds: number;
  /** Number of seeds. */
  readonly seeds: number;
  /** First seed; the others follow it. */
  readonly seed: number;
}

/** Number of runs of each trial. */
export function runsPerTrial({ folds, seeds }: RunPlan): number {
  return folds * seeds;
}

/** Number of the run at a place within a trial. */
export function runIndex(trial: number, place: number, plan: RunPlan): number {
  return trial * runsPerTrial(plan) + place;
}

/** The runs of a trial: seed by seed, and for each fold by fold. */
export function runsOf({ index: trial, settings, budget, from }: TrialSpec, plan: RunPlan): readonly RunSpec[] {
  return Array.from({ length: runsPerTrial(plan) }, (_, place) => ({
    index: runIndex(trial, place, plan),
    trial,
    settings,
    seed: plan.seed + Math.floor(place / plan.folds),
    ...(plan.folds > 1 && { fold: { index: place % plan.folds, of: plan.folds } }),
    ...(budget !== undefined && { budget }),
    ...(from !== undefined && { from: runIndex(from, place, plan) }),
  }));
}

/** Name of a run's folder within the folder `trials` of a search: `000012`, with folds or seeds `000012-seed1-fold2`. */
export function runName({ index, fold, seed }: RunSpec, plan: RunPlan): string {
  const trial = String(Math.floor(index / runsPerTrial(plan))).padStart(6, "0");
  const parts = [plan.seeds > 1 ? `-seed${seed}` : "", fold === undefined ? "" : `-fold${fold.index + 1}`];
  return trial + parts.join("");
}

/** The outcome of a trial of its runs' results, in the order of their numbers. */
export function trialResult(index: number, results: readonly RunResult[]): TrialResult {
  const values = results.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const isDone = values.length === results.length && results.every(({ status }) => status === "done");
  const length = Math.min(...results.map(({ curve }) => curve.length));
  return {
    index,
    status: isDone ? "done" : "failed",
    ...(isDone && { value: mean(values) }),
    curve: Array.from({ length }, (_, epoch) => mean(results.map(({ curve }) => curve[epoch]))),
    epochs: Math.max(...results.map(({ epochs }) => epochs)),
  };
}

/** Mean of numbers, summed in their order. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
