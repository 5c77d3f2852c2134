import { type OptionsOf, readOptions } from "../options/schema.ts";
import type { Callback, Json } from "../training/callback.ts";
import { BEST_VALUE, BestValue } from "../training/callbacks/best-value.ts";
import type { EpochEvent } from "../training/events.ts";
import { writeFileAtomic } from "./files.ts";

/** Options of {@link ModelCheckpoint}. */
export interface ModelCheckpointOptions extends OptionsOf<typeof BEST_VALUE> {
  /** Gives the bytes to write: `() => model.save()`. */
  readonly save: () => Uint8Array;
  /** File for the model of the best epoch. Default none. */
  readonly best?: string | undefined;
  /** File for the model of the last epoch. Default none. */
  readonly last?: string | undefined;
  /** Names its state in a checkpoint; default `"modelCheckpoint"`. */
  readonly name?: string | undefined;
}

/**
 * Writes the model after each epoch, and keeps the one with the best figure. Each file is whole at any moment.
 *
 * @example
 * const callbacks = [new ModelCheckpoint({ save: () => model.save(), best: "best.safetensors", monitor: "valLoss" })];
 */
export class ModelCheckpoint implements Callback {
  readonly name: string;
  readonly #options: ModelCheckpointOptions;
  readonly #best: BestValue;

  /** @throws TypeError, RangeError for a wrong option */
  constructor(options: ModelCheckpointOptions) {
    const { name = "modelCheckpoint", monitor, minDelta } = options;
    this.name = name;
    this.#options = options;
    this.#best = new BestValue(name, readOptions(name, BEST_VALUE, { monitor, minDelta }));
  }

  /** Epoch of the best figure so far, from 1; 0 before there is one. */
  get bestEpoch(): number {
    return this.#best.epoch;
  }

  onTrainBegin(): void {
    this.#best.reset();
  }

  async onEpochEnd(event: EpochEvent): Promise<void> {
    const { save, best, last } = this.#options;
    const isBest = best !== undefined && this.#best.update(event);
    if (!isBest && last === undefined) return;
    const bytes = save();
    if (isBest) await writeFileAtomic(best, bytes, { makeFolder: true });
    if (last !== undefined) await writeFileAtomic(last, bytes, { makeFolder: true });
  }

  state(): Json {
    return this.#best.state();
  }

  restore(state: Json): void {
    this.#best.restore(state);
  }
}
