import type { Json } from "../json.ts";
import type { EpochEvent, StepEvent } from "./events.ts";

export type { Json } from "../json.ts";

/** Facts of a stop besides its reason. */
export interface StopFacts {
  /** The name of the callback that asks for it; stands in front of the reason in the log. */
  readonly by?: string;
  /** Facts of a training that diverged: the expected number, and the one that came in its place. */
  readonly divergence?: { readonly expected: string; readonly got: string };
}

/** The end of a run that a callback asked for. */
export interface Stop extends StopFacts {
  /** The reason, after the name of the callback where it gave it. */
  readonly stopped: string;
  /** The reason without the name. */
  readonly reason?: string;
}

/** Methods by which a callback can change the run. */
export interface TrainingControl {
  /** Multiplies the schedule's learning rate from the next step on; 1 at the start. */
  learningRateFactor: number;
  /** Ends the run after this event, with a reason for the log. */
  stop(reason: string, facts?: StopFacts): void;
  /** A copy of all parameters, running statistics included, in one array. */
  copyParameters(): Float32Array;
  /** Puts back what `copyParameters` gave. */
  restoreParameters(parameters: Float32Array): void;
}

/**
 * A callback that watches a training run. Every method is optional; those that return a promise are awaited.
 *
 * A callback with a memory gives it as `state` and `tensors`, which checkpoints keep, so that a resumed run goes on as
 * the interrupted one would have.
 */
export interface Callback {
  /** Names the callback's state in a checkpoint; unique within a run. */
  readonly name: string;
  /** Called before the first step of a new run, not of a resumed one: forgets what it knows of another run. */
  onTrainBegin?(): void;
  /** Called after each step. */
  onStepEnd?(event: StepEvent, control: TrainingControl): void | Promise<void>;
  /** Called after each epoch and its validation. */
  onEpochEnd?(event: EpochEvent, control: TrainingControl): void | Promise<void>;
  /** Called after the last epoch or a stop, before `fit` returns. */
  onTrainEnd?(control: TrainingControl): void | Promise<void>;
  /** Returns the callback's state for a checkpoint, as JSON. */
  state?(): Json;
  /** Returns the callback's arrays for a checkpoint, by name. */
  tensors?(): ReadonlyMap<string, Float32Array>;
  /** Takes over the state and the arrays of a checkpoint. */
  restore?(state: Json, tensors: ReadonlyMap<string, Float32Array>): void;
}
