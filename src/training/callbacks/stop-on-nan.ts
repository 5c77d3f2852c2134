import { DIVERGED_ADVICE, DivergedError, shown } from "../../errors.ts";
import type { Callback, TrainingControl } from "../callback.ts";
import type { EpochEvent, StepEvent } from "../events.ts";
import type { History } from "../history.ts";

/** A learning rate for people: schedules make more digits than anyone reads. */
function rounded(lr: number): string {
  return shown(Number(lr.toPrecision(3)));
}

/**
 * Ends the run at the first step whose loss is NaN or infinite, or after the first epoch whose validation loss or weights
 * are: nothing that comes after can be right. `fit` has one by itself, unless `stopOnNaN` is false.
 *
 * @example
 * const callbacks = [new StopOnNaN()];
 */
export class StopOnNaN implements Callback {
  readonly name = "stopOnNaN";

  onStepEnd(event: StepEvent, control: TrainingControl): void {
    if (Number.isFinite(event.loss)) return;
    const { epoch, stepInEpoch, stepsPerEpoch, lr, loss } = event;
    const where = `epoch ${epoch}, step ${stepInEpoch} of ${stepsPerEpoch}, learning rate ${rounded(lr)}`;
    this.#stop("a finite loss", `${loss} in ${where}`, control);
  }

  onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    const { epoch, valLoss, lr } = event;
    const where = `after epoch ${epoch}, learning rate ${rounded(lr)}`;
    // The last step's loss was computed before its update: a bad one shows in the weights alone.
    if (!control.copyParameters().every(Number.isFinite)) {
      this.#stop("finite weights", `NaN or infinite ones ${where}`, control);
    } else if (valLoss !== undefined && !Number.isFinite(valLoss)) {
      this.#stop("a finite validation loss", `${valLoss} ${where}`, control);
    }
  }

  #stop(expected: string, got: string, control: TrainingControl): void {
    const reason = `expected ${expected}, got ${got}; ${DIVERGED_ADVICE}`;
    control.stop(reason, { by: this.name, divergence: { expected, got } });
  }
}

/** The error for a run that `StopOnNaN` ended; undefined for one that ended otherwise. */
export function divergenceOf(end: History["end"] | undefined): DivergedError | undefined {
  const divergence = typeof end === "object" ? end.divergence : undefined;
  return divergence && new DivergedError(divergence.expected, divergence.got);
}
