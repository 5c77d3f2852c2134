import { InputRangeError } from "../../errors.ts";
import { text } from "../../options/kinds.ts";
import { readFields } from "../../options/objects.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import type { Callback, Json, TrainingControl } from "../callback.ts";
import type { EpochEvent } from "../events.ts";
import { BEST_VALUE, BestValue } from "./best-value.ts";

/** The epoch whose weights a run ends with. */
export const BEST_WEIGHTS = {
  ...BEST_VALUE,
  /** Names its state in a checkpoint. */
  name: { kind: text(), default: "bestWeights" },
} as const satisfies OptionSchema;

/** Options of {@link BestWeights}. */
export interface BestWeightsOptions extends OptionsOf<typeof BEST_WEIGHTS> {}

const BEST = "best";

/**
 * Ends the run with the weights of its best epoch: it keeps a copy of them, and puts it in place after the last epoch.
 *
 * @example
 * const callbacks = [new BestWeights({ monitor: "valAccuracy" })];
 */
export class BestWeights implements Callback {
  readonly name: string;
  /** The figure that is followed, and its best epoch. @internal */
  readonly best: BestValue;
  #parameters: Float32Array | undefined;

  /** @throws TypeError, RangeError for a wrong option */
  constructor(options: BestWeightsOptions = {}) {
    const read = readOptions("bestWeights", BEST_WEIGHTS, options);
    this.name = read.name;
    this.best = new BestValue(read.name, read);
  }

  /** False for a callback that only follows the figure. @internal */
  get keepsWeights(): boolean {
    return true;
  }

  /** Epoch of the best figure so far, from 1; 0 before there is one. */
  get bestEpoch(): number {
    return this.best.epoch;
  }

  onTrainBegin(): void {
    this.best.reset();
    this.#parameters = undefined;
  }

  onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    if (this.best.update(event) && this.keepsWeights) this.#parameters = control.copyParameters();
  }

  onTrainEnd(control: TrainingControl): void {
    if (this.#parameters !== undefined) control.restoreParameters(this.#parameters);
  }

  state(): Json {
    return { best: this.best.state(), hasWeights: this.#parameters !== undefined };
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
    this.best.restore(best);
    this.#parameters = this.keepsWeights ? parameters : undefined;
  }
}
