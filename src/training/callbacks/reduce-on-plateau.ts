import { number, text, whole } from "../../options/kinds.ts";
import { checkNumber } from "../../options/numbers.ts";
import { readFields } from "../../options/objects.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import type { Callback, Json, TrainingControl } from "../callback.ts";
import type { EpochEvent } from "../events.ts";
import { BEST_VALUE, BestValue } from "./best-value.ts";

/** A lower learning rate for a run that does not get better. */
export const REDUCE_ON_PLATEAU = {
  ...BEST_VALUE,
  /** The learning rate is multiplied by this. */
  factor: { kind: number({ above: 0, below: 1 }), default: 0.1 },
  /** Epochs in a row without improvement after which it is reduced. */
  patience: { kind: whole(1), default: 5 },
  /** Epochs after a reduction that don't count towards the patience. */
  cooldown: { kind: whole(0), default: 0 },
  /** Learning rate that a reduction does not go below. */
  minimum: { kind: number({ minimum: 0 }), default: 0 },
  /** Names its state in a checkpoint. */
  name: { kind: text(), default: "reduceOnPlateau" },
} as const satisfies OptionSchema;

/** Options of {@link ReduceOnPlateau}. */
export interface ReduceOnPlateauOptions extends OptionsOf<typeof REDUCE_ON_PLATEAU> {}

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
    const { name, factor, patience, cooldown, minimum, ...watched } = readOptions(
      "reduceOnPlateau",
      REDUCE_ON_PLATEAU,
      options,
    );
    this.name = name;
    this.factor = factor;
    this.patience = patience;
    this.cooldown = cooldown;
    this.minimum = minimum;
    this.#best = new BestValue(name, watched);
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
