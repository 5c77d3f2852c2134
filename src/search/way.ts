import type { TrialResult, TrialSpec } from "./trial.ts";

/**
 * A way to search: it proposes trials, and learns of their results.
 *
 * It is a pure function of what it was made with and of the calls so far: the same space, options and seed, and the same order of calls,
 * give the same trials on any machine. So `next` that answers `"wait"` or undefined must leave everything as it was (it may be
 * asked again at any time), numbers come from `src/numeric`, and decisions of whole rungs depend on the results, not on
 * the order in which they arrived. A journal of the calls is what brings a way back after a crash.
 */
export interface Way {
  /** The next trial, whose index is one more than that of the last; `"wait"` until a result arrives; undefined when there is none left. */
  next(): TrialSpec | "wait" | undefined;
  /** Tells the result of a trial, once. */
  report(result: TrialResult): void;
}

/** The names of the ways. */
export const WAYS = ["grid", "random", "quasiRandom", "halving", "asha", "tpe"] as const;

/** The name of a way. */
export type WayName = (typeof WAYS)[number];

/** The settings of a way. */
export interface WayOptions {
  readonly way: WayName;
  /** Number of trials, for halving and ASHA of the lowest rung; undefined: the way's own (all of a grid). */
  readonly trials?: number | undefined;
  /** True: the largest value is the best. */
  readonly maximize: boolean;
  /** Epochs of a whole training. */
  readonly epochs: number;
  /** Epochs of the lowest rung. */
  readonly minEpochs: number;
  /** Share of trials that go on to the next rung: one of so many. */
  readonly eta: number;
  /** Values that a grid takes of a range without a step. */
  readonly gridPoints: number;
}
