import { InputRangeError } from "../../errors.ts";
import type { TrialResult, TrialSpec } from "../trial.ts";
import type { WayOptions } from "../way.ts";

/**
 * Epochs of the rungs of successive halving, growing: the last is a whole training, each before it a share of one in `eta`.
 *
 * @throws RangeError if there is but one rung
 *
 * @example
 * rungBudgets({ way: "asha", epochs: 9, minEpochs: 1, eta: 3, ... }); // [1, 3, 9]
 */
export function rungBudgets({ way, epochs, minEpochs, eta }: WayOptions): readonly number[] {
  const budgets = [epochs];
  // A third of three is one, whatever the rounding of the division.
  for (let budget = epochs / eta; budget > minEpochs * (1 - 1e-9); budget /= eta) {
    const whole = Math.round(budget);
    if (whole < budgets[0]) budgets.unshift(whole);
  }
  if (budgets.length > 1) return budgets;
  const expected = `at least ${minEpochs * eta} epochs, for a lowest rung of ${minEpochs} and a next one of ${eta} times as many`;
  throw new InputRangeError(way, expected, `${epochs}`);
}

/** A trial that has been told of, as its rung sees it. */
export interface Entry {
  readonly trial: TrialSpec;
  /** Value, larger being better; -Infinity where the trial failed. */
  readonly score: number;
}

/** The score of a result: larger is better, and a failure is worst. */
export function scoreOf({ status, value }: TrialResult, maximize: boolean): number {
  if (status !== "done" || value === undefined || Number.isNaN(value)) return Number.NEGATIVE_INFINITY;
  return maximize ? value : -value;
}

/** True if the first stands before the second: the better one; of equals the one that was proposed first. */
export function isBefore(a: Entry, b: Entry): boolean {
  return a.score === b.score ? a.trial.index < b.trial.index : a.score > b.score;
}

/** Puts an entry in its place among others, best first. */
export function insertRanked(entries: Entry[], entry: Entry): void {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(entries[middle], entry)) low = middle + 1;
    else high = middle;
  }
  entries.splice(low, 0, entry);
}

/** A trial of a rung. That of the last rung has no budget: it runs to its end. */
export function trialOf(
  index: number,
  { settings, index: before }: Pick<TrialSpec, "settings" | "index">,
  rung: number,
  budgets: readonly number[],
): TrialSpec {
  return {
    index,
    settings,
    rung,
    ...(rung < budgets.length - 1 && { budget: budgets[rung] }),
    ...(rung > 0 && { from: before }),
  };
}
