import type { Callback, TrainingControl } from "../../../src/training/callback.ts";
import type { EpochEvent, StepEvent } from "../../../src/training/events.ts";

/** The figures of one epoch that a test cares about. */
export type Figures = Partial<EpochEvent>;

export function epochEvent(figures: Figures): EpochEvent {
  const rest = { epoch: 1, epochs: 100, trainLoss: 1, trainAccuracy: 0.5, lr: 0.1, imagesPerSecond: 1000, seconds: 2 };
  return { event: "epoch", ...rest, ...figures };
}

export function stepEvent(figures: Partial<StepEvent>): StepEvent {
  const counts = { epoch: 1, step: 1, stepInEpoch: 1, stepsPerEpoch: 100, batchSize: 32 };
  const rest = { loss: 1, epochLoss: 1, epochAccuracy: 0.5, lr: 0.1, imagesPerSecond: 1000 };
  return { event: "step", ...counts, ...rest, ...figures };
}

/** Outcome of a run: learning rates after each epoch, the reason of its end, the last weights. */
export interface Outcome {
  readonly rates: number[];
  readonly stopped: string | undefined;
  readonly parameters: number;
}

/**
 * Plays epochs to a callback as training would. The one parameter is the number of epochs trained, from 1.
 *
 * @param interruptAfter epochs after which the run goes on from a checkpoint, in a callback made anew
 */
export async function play(make: () => Callback, epochs: readonly Figures[], interruptAfter = 0): Promise<Outcome> {
  let callback = make();
  let parameters = 0;
  let stopped: string | undefined;
  const rates: number[] = [];
  const control: TrainingControl = {
    learningRateFactor: 1,
    stop: (reason, facts) => {
      stopped ??= facts?.by === undefined ? reason : `${facts.by}: ${reason}`;
    },
    copyParameters: () => Float32Array.of(parameters),
    restoreParameters: ([value]) => {
      parameters = value;
    },
  };
  for (const [i, figures] of epochs.entries()) {
    parameters = i + 1;
    await callback.onEpochEnd?.(
      epochEvent({ epoch: i + 1, lr: 0.1 * control.learningRateFactor, ...figures }),
      control,
    );
    rates.push(Number((0.1 * control.learningRateFactor).toPrecision(10)));
    if (stopped !== undefined) break;
    if (i + 1 === interruptAfter) callback = throughCheckpoint(callback, make());
  }
  await callback.onTrainEnd?.(control);
  return { rates, stopped, parameters };
}

/** Hands the state over as a checkpoint does: through JSON, tensors copied. */
export function throughCheckpoint(from: Callback, to: Callback): Callback {
  const tensors = new Map([...(from.tensors?.() ?? [])].map(([name, tensor]) => [name, tensor.slice()]));
  const state = from.state?.();
  if (state !== undefined) to.restore?.(JSON.parse(JSON.stringify(state)), tensors);
  return to;
}
