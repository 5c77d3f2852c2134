import { checkNumber } from "../../options/numbers.ts";
import { readFields } from "../../options/objects.ts";
import type { Callback, Json, TrainingControl } from "../callback.ts";
import type { EpochEvent } from "../events.ts";
import { BestValue, type BestValueOptions } from "./best-value.ts";

/** Options of {@link ReduceOnPlateau}. */
export interface ReduceOnPlateauOptions extends BestValueOptions {
  /** What the learning rate is multiplied by, above 0 and below 1; default 0.1. */
  readonly factor?: number | undefined;
  /** Epochs in a row without improvement after which it is reduced; default 5. */
  readonly patience?: number | undefined;
  /** Epochs after a reduction that don't count towards the patience; default 0. */
  readonly cooldown?: number | undefined;
  /** Learning rate that a reduction does not go below; default 0. */
  readonly minimum?: number | undefined;
  /** Names its state in a checkpoint; default `"reduceOnPlateau"`. */
  readonly name?: string | undefined;
}

/**
 * Lowers the learning rate when a figure stops getting better. It multiplies what the schedule gives, so the two combine.
 *
 * @example
 * const callbacks = [new ReduceOnPlateau({ monitor: "valLoss", factor: 0.5, patience: 2 })];
 */
export class ReduceOnPlateau implements Callback {
  readonly name: string;
  readonly factor: number;
  readonly patience: number;
  readonly cooldown: number;
  readonly minimum: number;
  readonly #best: BestValue;
  /** Epochs without improvement that count. */
  #bad = 0;
  #cooldownLeft = 0;

  /** @throws TypeError, RangeError for a wrong option */
  constructor(options: ReduceOnPlateauOptions = {}) {
    const { factor = 0.1, patience = 5, cooldown = 0, minimum = 0, name = "reduceOnPlateau" } = options;
    this.name = name;
    this.factor = checkNumber(name, "factor", factor, { above: 0, below: 1 });
    this.patience = checkNumber(name, "patience", patience, { minimum: 1, whole: true });
    this.cooldown = checkNumber(name, "cooldown", cooldown, { minimum: 0, whole: true });
    this.minimum = checkNumber(name, "minimum", minimum, { minimum: 0 });
    this.#best = new BestValue(name, options);
  }

  onTrainBegin(): void {
    this.#best.reset();
    this.#bad = 0;
    this.#cooldownLeft = 0;
  }

  onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    this.#bad = this.#best.update(event) ? 0 : this.#bad + 1;
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft--;
      this.#bad = 0;
    }
    if (this.#bad < this.patience) return;
    this.#bad = 0;
    this.#cooldownLeft = this.cooldown;
    // The epoch's rate holds all reductions before, so this is what is left down to the minimum; a schedule may be at 0.
    const least = this.minimum > 0 ? this.minimum / event.lr : 0;
    control.learningRateFactor *= Math.min(1, Math.max(this.factor, least));
  }

  state(): Json {
    return { best: this.#best.state(), bad: this.#bad, cooldownLeft: this.#cooldownLeft };
  }

  restore(state: Json): void {
    const who = `${this.name} state`;
    const { best, bad, cooldownLeft } = readFields(who, state, ["best", "bad", "cooldownLeft"]);
    this.#bad = checkNumber(who, "bad", bad, { minimum: 0, whole: true });
    this.#cooldownLeft = checkNumber(who, "cooldownLeft", cooldownLeft, { minimum: 0, whole: true });
    this.#best.restore(best);
  }
}
