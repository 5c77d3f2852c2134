import type { Settings, TrialResult, TrialSpec } from "../trial.ts";
import type { Way } from "../way.ts";

/**
 * A way whose trials are known beforehand: results change nothing.
 *
 * Grid, random and quasi-random search are lists, so that trial i follows from the space, the seed and i alone.
 */
export class ListWay implements Way {
  readonly #settings: () => Settings | undefined;
  readonly #trials: number;
  #index = 0;
  #isEnded = false;

  /**
   * @param settings those of one trial after another; undefined at the end, and from then on
   * @param trials most trials
   */
  constructor(settings: () => Settings | undefined, trials: number) {
    this.#settings = settings;
    this.#trials = trials;
  }

  next(): TrialSpec | undefined {
    if (this.#isEnded || this.#index >= this.#trials) return undefined;
    const settings = this.#settings();
    this.#isEnded = settings === undefined;
    return settings && { index: this.#index++, settings };
  }

  report(_result: TrialResult): void {}
}
