import type { Json } from "../json.ts";
import type { EpochEvent, StepEvent } from "./events.ts";

export type { Json } from "../json.ts";

/** What a callback may do to the run it watches. */
export interface TrainingControl {
  /** Multiplies the schedule's learning rate from the next step on; 1 at the start. */
  learningRateFactor: number;
  /** Ends the run after this event, with a reason for the log. */
  stop(reason: string): void;
  /** A copy of all parameters, running statistics included, in one array. */
  copyParameters(): Float32Array;
  /** Puts back what `copyParameters` gave. */
  restoreParameters(parameters: Float32Array): void;
}

/**
 * Watches a training run. Every method is optional; those that return a promise are awaited.
 *
 * A callback with a memory gives it as `state` and `tensors`, which checkpoints keep, so that a resumed run goes on as
 * the interrupted one would have.
 */
export interface Callback {
  /** Names the callback's state in a checkpoint; unique within a run. */
  readonly name: string;
  /** Before the first step of a new run, not of a resumed one: forgets what it knows of another run. */
  onTrainBegin?(): void;
  onStepEnd?(event: StepEvent, control: TrainingControl): void | Promise<void>;
  onEpochEnd?(event: EpochEvent, control: TrainingControl): void | Promise<void>;
  /** After the last epoch or a stop, before `fit` returns. */
  onTrainEnd?(control: TrainingControl): void | Promise<void>;
  state?(): Json;
  tensors?(): ReadonlyMap<string, Float32Array>;
  restore?(state: Json, tensors: ReadonlyMap<string, Float32Array>): void;
}
