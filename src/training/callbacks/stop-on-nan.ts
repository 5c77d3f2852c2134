import type { Callback, TrainingControl } from "../callback.ts";
import { DIVERGED_ADVICE, DivergedError } from "../diverged.ts";
import type { EpochEvent, StepEvent } from "../events.ts";
import type { History } from "../trainer.ts";

const NAME = "stopOnNaN";

/**
 * Ends the run at the first step whose loss is NaN or infinite, or after the first epoch whose validation loss or weights
 * are: nothing that comes after can be right.
 *
 * @example
 * const callbacks = [new StopOnNaN()];
 */
export class StopOnNaN implements Callback {
  readonly name = NAME;

  onStepEnd(event: StepEvent, control: TrainingControl): void {
    if (Number.isFinite(event.loss)) return;
    const { epoch, stepInEpoch, stepsPerEpoch, lr, loss } = event;
    const where = `epoch ${epoch}, step ${stepInEpoch} of ${stepsPerEpoch}, learning rate ${lr}`;
    control.stop(`${this.name}: expected a finite loss, got ${loss} in ${where}: ${DIVERGED_ADVICE}`);
  }

  onEpochEnd(event: EpochEvent, control: TrainingControl): void {
    const { epoch, valLoss, lr } = event;
    const where = `after epoch ${epoch}, learning rate ${lr}`;
    // The last step's loss was computed before its update: a bad one shows in the weights alone.
    if (!control.copyParameters().every(Number.isFinite)) {
      control.stop(`${this.name}: expected finite weights, got NaN or infinite ones ${where}: ${DIVERGED_ADVICE}`);
    } else if (valLoss !== undefined && !Number.isFinite(valLoss)) {
      control.stop(`${this.name}: expected a finite validation loss, got ${valLoss} ${where}: ${DIVERGED_ADVICE}`);
    }
  }
}

/** The error for a run that `StopOnNaN` ended; undefined for one that ended otherwise. */
export function divergenceOf(end: History["end"]): DivergedError | undefined {
  if (typeof end !== "object" || !end.stopped.startsWith(`${NAME}: `)) return undefined;
  return new DivergedError(end.stopped.slice(NAME.length + 2));
}
