import { InputRangeError } from "../../errors.ts";
import { flag, text, whole } from "../../options/kinds.ts";
import { readFields } from "../../options/objects.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import type { Callback, Json, TrainingControl } from "../callback.ts";
import type { EpochEvent } from "../events.ts";
import { BEST_VALUE, BestValue } from "./best-value.ts";

/** The end of a run that does not get better. */
export const EARLY_STOPPING = {
  ...BEST_VALUE,
  /** Epochs in a row without improvement after which the run ends. */
  patience: { kind: whole(1), default: 5 },
  /** Ends with the weights of the best epoch instead of the last. */
  restoreBestWeights: { kind: flag(), default: true },
  /** Names its state in a checkpoint. */
  name: { kind: text(), default: "earlyStopping" },
} as const satisfies OptionSchema;

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions extends OptionsOf<typeof EARLY_STOPPING> {}

const BEST = "best";

/**
 * Ends the run when a figure stops getting better.
 *
 * With `restoreBestWeights` every run that ends has the weights of its best epoch, also one that does all its epochs.
 *
 * @example
 * const callbacks = [new EarlyStopping({ monitor: "valAccuracy", patience: 3 })];
 */
export class EarlyStopping implements Callback {
  readonly name: string;
  readonly patience: number;
  readonly restoreBestWeights: boolean;
  readonly #best: BestValue;
  #parameters: Float32Array | undefined;

  /** @throws TypeError, RangeError for a wrong option */
  constructor(options: EarlyStoppingOptions = {}) {
    const read = readOptions("earlyStopping", EARLY_STOPPING, options);
    this.name = read.name;
    this.patience = read.patience;
    this.restoreBestWeights = read.restoreBestWeights;
    this.#best = new BestValue(read.name, read);
  }

  /** Epoch of the best figure so far, from 1; 0 before there is one. */
  get bestEpoch(): number {
    return this.#best.epoch;
  }

  onTrainBegin(): void {
    this.#best.reset();
    this.#parameters = undefined;
  }

  onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    const best = this.#best;
    if (best.update(event)) {
      if (this.restoreBestWeights) this.#parameters = control.copyParameters();
      return;
    }
    if (best.waited < this.patience) return;
    const epochs = best.waited === 1 ? "1 epoch" : `${best.waited} epochs`;
    const last = best.value === undefined ? "" : ` since ${best.value} in epoch ${best.epoch}`;
    control.stop(`${best.monitor} did not improve for ${epochs}${last}`, { by: this.name });
  }

  onTrainEnd(control: TrainingControl): void {
    if (this.#parameters !== undefined) control.restoreParameters(this.#parameters);
  }

  state(): Json {
    return { best: this.#best.state(), hasWeights: this.#parameters !== undefined };
  }

  tensors(): ReadonlyMap<string, Float32Array> {
    return new Map(this.#parameters === undefined ? [] : [[BEST, this.#parameters]]);
  }

  restore(state: Json, tensors: ReadonlyMap<string, Float32Array>): void {
    const { best, hasWeights } = readFields(`${this.name} state`, state, ["best", "hasWeights"]);
    const parameters = tensors.get(BEST);
    if (hasWeights !== (parameters !== undefined)) {
      const got = parameters === undefined ? "none" : "some";
      throw new InputRangeError(`${this.name} state`, `${hasWeights ? "the best" : "no"} weights`, got);
    }
    this.#best.restore(best);
    this.#parameters = this.restoreBestWeights ? parameters : undefined;
  }
}
