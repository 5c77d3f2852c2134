import type { RunCalls } from "./executor.ts";
import type { JobFacts } from "./job.ts";
import type { EndedRun, RunSpec, Settings } from "./trial.ts";

/** Folder, calls and signal of a run. */
export interface RunTrialOptions extends RunCalls {
  /**
   * Folder of the run, made where there is none. A checkpoint in it is gone on from; a result in it is returned at once.
   */
  readonly folder: string;
  /** Folder of the run that this one goes on from, where its spec has `from`: its checkpoint is copied. */
  readonly from?: string | undefined;
  /** Called with the path of the checkpoint each time that a new one is there: after each epoch. */
  readonly onCheckpoint?: ((path: string, epoch: number) => void) | undefined;
}

/** A child process that trains runs of one job, several beside each other on the same data, which it reads once. */
export interface TrialRunner {
  /**
   * Checks that all of these can be trained, before anything is, and reads the data.
   *
   * @throws the error that `train` would have, in one line; an error if the data is not that of the job
   */
  check(settings: readonly Settings[]): Promise<JobFacts>;
  /**
   * Trains one run. If its process dies, the run goes on in a new one from its last checkpoint.
   *
   * @throws the signal's reason if it was aborted, once the checkpoint is written
   */
  run(spec: RunSpec, options: RunTrialOptions): Promise<EndedRun>;
  /** Ends the process. */
  close(): Promise<void>;
}
