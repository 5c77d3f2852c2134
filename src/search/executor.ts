import type { EndedRun, RunSpec } from "./trial.ts";

/** Progress of a run, as often as there is something to tell. */
export interface RunProgress {
  /** Epochs that are done. */
  readonly epoch: number;
  /** Epochs of the run: its budget, if it has one. */
  readonly epochs: number;
  /** Share of the epoch under way that is done, from 0 to 1. */
  readonly part: number;
  /** The metric of the last epoch; undefined before its end. */
  readonly value?: number | undefined;
}

/** Calls and signals of a run. */
export interface RunCalls {
  /** Ends the run at its next step; the run rejects with the signal's reason once its checkpoint is written. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** Something that runs trainings: processes of this machine, or a queue that many machines empty. */
export interface Executor {
  /** Number of runs that it wants to have at once. */
  readonly capacity: number;
  /**
   * Trains to the end, wherever that is.
   *
   * @returns the result, also that of a run which diverged
   * @throws whatever keeps the search from going on, such as a queue that is gone
   */
  run(spec: RunSpec, calls?: RunCalls): Promise<EndedRun>;
  /** Ends what it has started, once its runs have ended or were aborted. */
  close(): Promise<void>;
}
