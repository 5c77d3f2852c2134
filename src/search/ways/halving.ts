import type { Space } from "../space.ts";
import type { TrialResult, TrialSpec } from "../trial.ts";
import type { Way, WayOptions } from "../way.ts";
import { randomSettings } from "./random.ts";
import { type Entry, insertRanked, rungBudgets, scoreOf, trialOf } from "./rungs.ts";

/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016) over random settings: all are
 * trained for a few epochs, the best of them, one in `eta`, for `eta` times as many, and so on. A rung begins when the one before
 * it has ended, and its trials are the best by value, then by index, so the order in which results arrive changes nothing.
 */
export class HalvingWay implements Way {
  readonly #maximize: boolean;
  readonly #eta: number;
  readonly #budgets: readonly number[];
  #rung = 0;
  #index = 0;
  /** Trials of the rung that are to be handed out. */
  #waiting: readonly Pick<TrialSpec, "settings" | "index">[];
  #running = 0;
  /** Trials of the rung that have ended, best first. */
  #ended: Entry[] = [];
  readonly #trials = new Map<number, TrialSpec>();

  constructor(space: Space, options: WayOptions, trials: number, seed: number) {
    this.#maximize = options.maximize;
    this.#eta = options.eta;
    this.#budgets = rungBudgets(options);
    const random = randomSettings(space, seed);
    const lowest: Pick<TrialSpec, "settings" | "index">[] = [];
    while (lowest.length < trials) {
      const settings = random.next();
      if (settings === undefined) break;
      lowest.push({ settings, index: lowest.length });
    }
    this.#waiting = lowest;
  }

  next(): TrialSpec | "wait" | undefined {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return this.#running > 0 ? "wait" : undefined;
    this.#waiting = others;
    const trial = trialOf(this.#index++, first, this.#rung, this.#budgets);
    this.#trials.set(trial.index, trial);
    this.#running++;
    return trial;
  }

  report(result: TrialResult): void {
    const trial = this.#trials.get(result.index);
    if (trial === undefined) return;
    this.#trials.delete(result.index);
    this.#running--;
    insertRanked(this.#ended, { trial, score: scoreOf(result, this.#maximize) });
    if (this.#running === 0 && this.#waiting.length === 0) this.#rise();
  }

  /** Begins the next rung with the best of this one. */
  #rise(): void {
    const count = Math.max(1, Math.floor(this.#ended.length / this.#eta));
    const best = this.#ended.slice(0, count);
    this.#ended = [];
    if (++this.#rung >= this.#budgets.length) return;
    this.#waiting = best.filter(({ score }) => score > Number.NEGATIVE_INFINITY).map(({ trial }) => trial);
  }
}
