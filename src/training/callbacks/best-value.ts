import { InputRangeError, shown } from "../../errors.ts";
import { choice, number } from "../../options/kinds.ts";
import { checkNumber } from "../../options/numbers.ts";
import { readFields } from "../../options/objects.ts";
import type { OptionSchema, ValuesOf } from "../../options/schema.ts";
import type { Json } from "../callback.ts";
import type { EpochEvent } from "../events.ts";

/** The figure of the epochs that is watched. Losses should fall, accuracies rise. */
export const BEST_VALUE = {
  /** Figure of an epoch that is watched: losses should fall, accuracies rise. */
  monitor: { kind: choice(["valLoss", "valAccuracy", "trainLoss", "trainAccuracy"]), default: "valLoss" },
  /** Improvements have to be greater than this. */
  minDelta: { kind: number({ minimum: 0 }), default: 0 },
} as const satisfies OptionSchema;

type Options = ValuesOf<typeof BEST_VALUE>;

/**
 * Follows one figure over the epochs: its best value, the epoch of that, and the number of epochs since.
 *
 * A figure that is NaN or infinite is no improvement.
 */
export class BestValue {
  readonly monitor: Options["monitor"];
  readonly minDelta: number;
  /** Undefined before the first finite value. */
  value: number | undefined;
  /** Epoch of the best value, from 1; 0 before there is one. */
  epoch = 0;
  /** Epochs without improvement since the best one. */
  waited = 0;
  readonly #who: string;

  /**
   * @param who stands in error messages
   * @param options as they were read
   */
  constructor(who: string, { monitor, minDelta }: Options) {
    this.#who = who;
    this.monitor = monitor;
    this.minDelta = minDelta;
  }

  /**
   * Takes an epoch's figure; true if it is the best so far.
   *
   * @throws RangeError if the epoch does not have the figure
   */
  update(event: EpochEvent): boolean {
    const value = this.#read(event);
    if (!this.#improves(value)) {
      this.waited++;
      return false;
    }
    this.value = value;
    this.epoch = event.epoch;
    this.waited = 0;
    return true;
  }

  #read(event: EpochEvent): number {
    const value = event[this.monitor];
    if (value === undefined) {
      throw new InputRangeError(this.#who, `validation data to monitor ${this.monitor}`, "none", "missing");
    }
    if (Number.isNaN(value) && this.monitor.endsWith("Accuracy")) {
      throw new InputRangeError(this.#who, `a loss that knows classes to monitor ${this.monitor}`, "another");
    }
    return value;
  }

  #improves(value: number): boolean {
    if (!Number.isFinite(value)) return false;
    if (this.value === undefined) return true;
    return this.monitor.endsWith("Loss") ? value < this.value - this.minDelta : value > this.value + this.minDelta;
  }

  /** Forgets all values, for a new run. */
  reset(): void {
    this.value = undefined;
    this.epoch = 0;
    this.waited = 0;
  }

  state(): Json {
    return { monitor: this.monitor, value: this.value ?? null, epoch: this.epoch, waited: this.waited };
  }

  /**
   * Goes on from what `state` gave.
   *
   * @throws TypeError, RangeError if the state is malformed or follows another figure
   */
  restore(state: unknown): void {
    const who = `${this.#who} state`;
    const { monitor, value, epoch, waited } = readFields(who, state, ["monitor", "value", "epoch", "waited"]);
    if (monitor !== this.monitor) {
      throw new InputRangeError(who, `one that monitors ${this.monitor}`, shown(monitor));
    }
    const restored = value === null ? undefined : checkNumber(who, "value", value);
    const restoredEpoch = checkNumber(who, "epoch", epoch, { minimum: 0, whole: true });
    this.waited = checkNumber(who, "waited", waited, { minimum: 0, whole: true });
    this.epoch = restoredEpoch;
    this.value = restored;
  }
}
