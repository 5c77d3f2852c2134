import { flag, text, whole } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import type { TrainingControl } from "../callback.ts";
import type { EpochEvent } from "../events.ts";
import { BEST_VALUE } from "./best-value.ts";
import { BestWeights } from "./best-weights.ts";

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

/**
 * Ends the run when a figure stops getting better.
 *
 * With `restoreBestWeights` every run that ends has the weights of its best epoch, also one that does all its epochs.
 *
 * @example
 * const callbacks = [new EarlyStopping({ monitor: "valAccuracy", patience: 3 })];
 */
export class EarlyStopping extends BestWeights {
  readonly patience: number;
  readonly restoreBestWeights: boolean;

  /** @throws TypeError, RangeError for a wrong option */
  constructor(options: EarlyStoppingOptions = {}) {
    const { patience, restoreBestWeights, ...followed } = readOptions("earlyStopping", EARLY_STOPPING, options);
    super(followed);
    this.patience = patience;
    this.restoreBestWeights = restoreBestWeights;
  }

  /** @internal */
  override get keepsWeights(): boolean {
    return this.restoreBestWeights;
  }

  override onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    super.onEpochEnd(event, control);
    const { best } = this;
    if (best.waited < this.patience) return;
    const epochs = best.waited === 1 ? "1 epoch" : `${best.waited} epochs`;
    const last = best.value === undefined ? "" : ` since ${best.value} in epoch ${best.epoch}`;
    control.stop(`${best.monitor} did not improve for ${epochs}${last}`, { by: this.name });
  }
}
