import type { Space } from "../space.ts";
import type { Settings, TrialResult, TrialSpec } from "../trial.ts";

/** A trial that has ended, as a report takes it. */
export interface ReportedTrial {
  readonly spec: TrialSpec;
  readonly result: TrialResult;
  /** Seconds of work. */
  readonly seconds?: number | undefined;
  /** Reason of a failure, in one line. */
  readonly error?: string | undefined;
}

/** A search, as a report takes it. */
export interface ReportedSearch {
  /** Name of the search, such as its file's. */
  readonly title: string;
  /** Lines that tell what was searched, on what and how: names and texts. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly space: Space;
  /** The figure that was followed, such as `valAccuracy`. */
  readonly metric: string;
  /** True: the largest value is the best. */
  readonly maximize: boolean;
  /** Trials that have ended, in any order. */
  readonly trials: readonly ReportedTrial[];
  /** Index of the best trial; undefined: that with the best value. */
  readonly best?: number | undefined;
}

/** Settings that were tried: a trial, or what several rungs of successive halving made of the same settings. */
export interface Attempt {
  /** Index of the trial on the highest rung. */
  readonly index: number;
  readonly settings: Settings;
  /** The value; undefined where the trial failed. */
  readonly value: number | undefined;
  readonly curve: readonly number[];
  readonly epochs: number;
  /** Rung that it came to. */
  readonly rung: number | undefined;
  /** Seconds of work on all rungs, where they are known. */
  readonly seconds: number | undefined;
  readonly error: string | undefined;
  /** Share of the attempts with a value that are no better: 1 for the best. */
  readonly quality: number;
  readonly isBest: boolean;
}

/** The attempts of a search, best first; those that failed are last, in the order of the trials. */
export function attemptsOf({ trials, maximize, best }: ReportedSearch): readonly Attempt[] {
  const byIndex = new Map(trials.map((trial) => [trial.spec.index, trial]));
  const passed = new Set(trials.flatMap(({ spec: { from } }) => (from === undefined ? [] : [from])));
  const last = trials.filter(({ spec }) => !passed.has(spec.index));
  const sorted = [...last].sort((a, b) => compare(a, b, maximize));
  const valued = sorted.filter((trial) => finiteValue(trial) !== undefined).length;
  const first = best ?? (valued > 0 ? sorted[0].spec.index : undefined);
  return sorted.map((trial, place) => {
    const { spec, result } = trial;
    return {
      index: spec.index,
      settings: spec.settings,
      value: finiteValue(trial),
      curve: result.curve,
      epochs: result.epochs,
      rung: spec.rung,
      seconds: secondsOf(trial, byIndex),
      error: trial.error,
      quality: valued > 1 ? Math.max(0, 1 - place / (valued - 1)) : 1,
      isBest: spec.index === first,
    };
  });
}

function finiteValue({ result: { status, value } }: ReportedTrial): number | undefined {
  return status === "done" && value !== undefined && Number.isFinite(value) ? value : undefined;
}

function compare(a: ReportedTrial, b: ReportedTrial, maximize: boolean): number {
  const [left, right] = [finiteValue(a), finiteValue(b)];
  if (left === undefined || right === undefined) {
    return Number(left === undefined) - Number(right === undefined) || a.spec.index - b.spec.index;
  }
  return (maximize ? right - left : left - right) || a.spec.index - b.spec.index;
}

function secondsOf(trial: ReportedTrial, byIndex: ReadonlyMap<number, ReportedTrial>): number | undefined {
  const before = trial.spec.from === undefined ? undefined : byIndex.get(trial.spec.from);
  if (trial.seconds === undefined || before === undefined) return trial.seconds;
  return trial.seconds + (secondsOf(before, byIndex) ?? 0);
}
