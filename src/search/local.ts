import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Executor, RunCalls } from "./executor.ts";
import type { TrialRunner } from "./run-trial.ts";
import { type EndedRun, type RunPlan, type RunSpec, runName } from "./trial.ts";

/** Number of runs beside each other that use a machine best: one for each core, of as many threads as each of them takes. */
export function usualSlots(threads: number): number {
  return Math.max(1, Math.floor(availableParallelism() / threads));
}

/** Runs trainings on this machine, in one child process. */
export class LocalExecutor implements Executor {
  readonly capacity: number;
  readonly #runner: TrialRunner;
  readonly #trials: string;
  readonly #plan: RunPlan;

  /**
   * @param trials folder in which each run has one of its own
   * @param slots runs beside each other
   */
  constructor(runner: TrialRunner, trials: string, plan: RunPlan, slots: number) {
    this.#runner = runner;
    this.#trials = trials;
    this.#plan = plan;
    this.capacity = slots;
  }

  run(spec: RunSpec, calls: RunCalls = {}): Promise<EndedRun> {
    const from = spec.from === undefined ? undefined : this.#folder({ ...spec, index: spec.from });
    return this.#runner.run(spec, { ...calls, folder: this.#folder(spec), from });
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  #folder(spec: RunSpec): string {
    return join(this.#trials, runName(spec, this.#plan));
  }
}
