import type { Space } from "../space.ts";
import type { TrialResult, TrialSpec } from "../trial.ts";
import type { Way, WayOptions } from "../way.ts";
import { randomSettings } from "./random.ts";
import { type Entry, insertRanked, rungBudgets, scoreOf, trialOf } from "./rungs.ts";
import type { DistinctSettings } from "./settings.ts";

/** Trials that have ended on a rung, best first, and the indices of those that have gone on to the next. */
interface Rung {
  readonly ended: Entry[];
  readonly promoted: Set<number>;
}

/**
 * ASHA, successive halving that never waits (Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, algorithm 2): whoever asks for work
 * gets the best trial that is among the best of its rung, one in `eta`, on the highest rung that has one; else new random settings
 * on the lowest.
 *
 * One thing is added for the end of a search: if no trial has reached the last rung when there is nothing left to do, the best of the highest
 * rung goes on all the same, so that the best settings have been trained in whole.
 */
export class AshaWay implements Way {
  readonly #maximize: boolean;
  readonly #eta: number;
  readonly #budgets: readonly number[];
  readonly #rungs: readonly Rung[];
  readonly #settings: DistinctSettings;
  readonly #most: number;
  readonly #running = new Map<number, TrialSpec>();
  #fresh = 0;
  #index = 0;
  #isExhausted = false;

  constructor(space: Space, options: WayOptions, trials: number, seed: number) {
    this.#maximize = options.maximize;
    this.#eta = options.eta;
    this.#budgets = rungBudgets(options);
    this.#rungs = this.#budgets.map(() => ({ ended: [], promoted: new Set() }));
    this.#settings = randomSettings(space, seed);
    this.#most = trials;
  }

  next(): TrialSpec | "wait" | undefined {
    const promotable = this.#promotable();
    if (promotable !== undefined) return this.#promote(...promotable);
    const fresh = this.#freshSettings();
    if (fresh !== undefined) {
      this.#fresh++;
      return this.#begun(trialOf(this.#index, { settings: fresh, index: 0 }, 0, this.#budgets));
    }
    if (this.#running.size > 0) return "wait";
    const last = this.#lastPromotable();
    return last && this.#promote(...last);
  }

  report(result: TrialResult): void {
    const trial = this.#running.get(result.index);
    if (trial?.rung === undefined) return;
    this.#running.delete(result.index);
    insertRanked(this.#rungs[trial.rung].ended, { trial, score: scoreOf(result, this.#maximize) });
  }

  #freshSettings() {
    if (this.#isExhausted || this.#fresh >= this.#most) return undefined;
    const settings = this.#settings.next();
    this.#isExhausted = settings === undefined;
    return settings;
  }

  #begun(trial: TrialSpec): TrialSpec {
    this.#index++;
    this.#running.set(trial.index, trial);
    return trial;
  }

  #promote(trial: TrialSpec, rung: number): TrialSpec {
    this.#rungs[rung - 1].promoted.add(trial.index);
    return this.#begun(trialOf(this.#index, trial, rung, this.#budgets));
  }

  /** The trial to promote, and the rung to which. */
  #promotable(): [trial: TrialSpec, rung: number] | undefined {
    for (let k = this.#rungs.length - 2; k >= 0; k--) {
      const { ended } = this.#rungs[k];
      const trial = this.#bestLeft(k, Math.floor(ended.length / this.#eta));
      if (trial !== undefined) return [trial, k + 1];
    }
    return undefined;
  }

  /** The trial that is promoted because none has reached the last rung. */
  #lastPromotable(): [trial: TrialSpec, rung: number] | undefined {
    const last = this.#rungs.length - 1;
    if (this.#rungs[last].ended[0]?.score > Number.NEGATIVE_INFINITY) return undefined;
    for (let k = last - 1; k >= 0; k--) {
      const trial = this.#bestLeft(k, Number.POSITIVE_INFINITY);
      if (trial !== undefined) return [trial, k + 1];
    }
    return undefined;
  }

  /** The best of a rung's first `count` that has not gone on. */
  #bestLeft(rung: number, count: number): TrialSpec | undefined {
    const { ended, promoted } = this.#rungs[rung];
    for (let place = 0; place < Math.min(count, ended.length); place++) {
      const { trial, score } = ended[place];
      if (score > Number.NEGATIVE_INFINITY && !promoted.has(trial.index)) return trial;
    }
    return undefined;
  }
}
