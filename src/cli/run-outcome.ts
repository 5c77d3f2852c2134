import type { RunSettings } from "../recipes/run-settings.ts";
import { restoredEpoch } from "../training/callbacks/plan-callbacks.ts";
import type { Trainer } from "../training/trainer.ts";
import { count, loss, percent } from "./format.ts";
import { type TestFigures, testLine } from "./test-figures.ts";
import type { TrainingData } from "./training-data.ts";

/** The end of a run: the epoch that its weights are of, and the images that its figures are of. A type alias because interfaces do not fit `Json`. */
export type RunOutcome = {
  /** Images of the figures; null where there are none. */
  readonly on: "test" | "validation" | null;
  /** True if these images have also chosen the epoch, so that the figures are a little better than those of others will be. */
  readonly choseEpoch: boolean;
  /** Epochs that were done. */
  readonly epochs: number;
  /** Epoch, from 1, whose weights the model has, where validation chose it; null where they are those of the last one. */
  readonly bestEpoch: number | null;
  /** Figures of the validation images after that epoch, or else after the last; null without validation. */
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  readonly valImages: number;
};

/** The outcome of a run that has ended. */
export function outcomeOf({ test, validation, loaded, choice }: TrainingData, trainer: Trainer): RunOutcome {
  const { history } = trainer.progress;
  const bestEpoch = restoredEpoch(trainer.callbacks) ?? null;
  const { valLoss = null, valAccuracy = null } = history.at((bestEpoch ?? 0) - 1) ?? {};
  const on = test !== undefined ? "test" : validation !== undefined ? "validation" : null;
  // A range of the images to test on may be of those for validation.
  const isOwnRange = choice === "val" && loaded.test === loaded.validation;
  return {
    on,
    choseEpoch: bestEpoch !== null && (on === "validation" || test === validation || isOwnRange),
    epochs: history.length,
    bestEpoch,
    valLoss,
    valAccuracy: Number.isNaN(valAccuracy) ? null : valAccuracy,
    valImages: validation?.length ?? 0,
  };
}

/** The line that says which epoch's weights the model has; undefined where they are just the last ones. */
export function bestLine(
  { bestEpoch, epochs, valLoss, valAccuracy }: RunOutcome,
  { monitor }: Pick<RunSettings, "monitor">,
): string | undefined {
  if (bestEpoch === null || valLoss === null) return undefined;
  const figures = [
    `val loss ${loss(valLoss)}`,
    ...(valAccuracy === null ? [] : [`val accuracy ${percent(valAccuracy)}`]),
  ];
  const which = bestEpoch === epochs ? "The last epoch is the best" : `Epoch ${bestEpoch} of ${epochs} is the best`;
  return `${which} by validation ${monitor === "valLoss" ? "loss" : "accuracy"}: ${figures.join(", ")}; the model has its weights`;
}

/** The line of a run's figures. */
export function outcomeLine(
  figures: TestFigures,
  { on, choseEpoch }: RunOutcome,
  look: (text: string) => string,
): string {
  const part = on === "validation" ? "Validation" : "Test";
  const bias = choseEpoch ? "; these images also chose the epoch" : "";
  return `${part} accuracy ${look(testLine(figures))}${bias}`;
}

/** The title of the confusion matrix of a run's figures. */
export function matrixTitle({ accuracy, images }: TestFigures, { on }: RunOutcome): string {
  return `Confusion matrix: ${percent(accuracy)} of ${count(images)} ${on} images right`;
}
