import type { TrialResult, TrialSpec } from "../../src/search/trial.ts";
import type { Way, WayOptions } from "../../src/search/way.ts";

/** Options of a way; of those that halve, rungs of 1, 3 and 9 epochs. */
export function optionsOf(way: WayOptions["way"], more: Partial<WayOptions> = {}): WayOptions {
  return { way, maximize: true, epochs: 9, minEpochs: 1, eta: 3, gridPoints: 4, ...more };
}

/** A result with this value; undefined for a failure. */
export function resultOf({ index, budget = 9 }: TrialSpec, value: number | undefined): TrialResult {
  const status = value === undefined ? "failed" : "done";
  return { index, status, ...(value !== undefined && { value }), curve: [], epochs: budget };
}

/**
 * Runs a way to its end with so many workers at once; whoever is picked ends next.
 *
 * @param pick which of the running trials ends next, by its place among them
 */
export function runWay(
  way: Way,
  measure: (trial: TrialSpec) => number | undefined,
  workers = 1,
  pick: (running: number, step: number) => number = () => 0,
): readonly TrialSpec[] {
  const trials: TrialSpec[] = [];
  const running: TrialSpec[] = [];
  for (let step = 0; ; step++) {
    while (running.length < workers) {
      const trial = way.next();
      if (trial === undefined || trial === "wait") break;
      trials.push(trial);
      running.push(trial);
    }
    if (running.length === 0) {
      if (way.next() !== undefined) throw new Error("expected an end when nothing runs");
      return trials;
    }
    const [ended] = running.splice(pick(running.length, step), 1);
    way.report(resultOf(ended, measure(ended)));
  }
}
