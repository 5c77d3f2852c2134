import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { HostError } from "../errors.ts";
import type { RunCalls } from "./executor.ts";
import type { JobFacts, SearchJob } from "./job.ts";
import type { EndedRun, RunSpec, Settings } from "./trial.ts";
import { carriedError, type FromTrials, type ToTrials, type TrialRequest } from "./trial-protocol.ts";

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

/** A child process that trains runs of one job, as many beside each other as it is given, on the same data, which it reads once. */
export interface TrialRunner {
  /**
   * Checks that all of these can be trained, before anything is, and reads the data.
   *
   * @throws the error that `train` would have; an error if the data is not that of the job
   */
  check(settings: readonly Settings[], signal?: AbortSignal): Promise<JobFacts>;
  /**
   * Trains one run. If its process dies, the run goes on in a new one from its last checkpoint.
   *
   * @throws the signal's reason if it was aborted, once the checkpoint is written
   */
  run(spec: RunSpec, options: RunTrialOptions): Promise<EndedRun>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** A runner whose job may be replaced. */
export interface JobRunner extends TrialRunner {
  /** Takes another job for all that comes; the process keeps its data. */
  use(job: SearchJob): void;
}

/** Deaths of the process without a new checkpoint in between, after which a run is given up. */
const MOST_DEATHS = 5;

/** The program of the child process; the sources run that of the build. */
function program(): string {
  const isSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(`${isSource ? "../../dist" : ".."}/cli/trial/trial-process.js`, import.meta.url));
}

/** A request without its number. */
type Asked = TrialRequest extends infer Request ? (Request extends TrialRequest ? Omit<Request, "id"> : never) : never;

/** Something that waits for the answer to its request. */
interface Pending {
  readonly request: TrialRequest;
  readonly signal: AbortSignal | undefined;
  readonly calls: Pick<RunTrialOptions, "onProgress" | "onCheckpoint">;
  readonly resolve: (answer: FromTrials) => void;
  readonly reject: (error: unknown) => void;
  deaths: number;
}

/**
 * Starts a child process for the runs of a job when it is first needed.
 *
 * @example
 * const runner = startRunner(job);
 * await runner.check([{}]);
 * const { result } = await runner.run(spec, { folder: "trials/000000" });
 * await runner.close();
 */
export function startRunner(job: SearchJob): JobRunner {
  return new ChildRunner(job);
}

class ChildRunner implements JobRunner {
  #job: SearchJob;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | undefined;
  #count = 0;
  #isClosed = false;

  constructor(job: SearchJob) {
    this.#job = job;
  }

  async check(settings: readonly Settings[], signal?: AbortSignal): Promise<JobFacts> {
    const answer = await this.#ask({ ask: "check", job: this.#job, settings }, {}, signal);
    if (answer.tells !== "checked") throw new Error(`the check of a search was answered by ${answer.tells}`);
    return answer.facts;
  }

  async run(spec: RunSpec, { folder, from, signal, ...calls }: RunTrialOptions): Promise<EndedRun> {
    const answer = await this.#ask({ ask: "run", job: this.#job, spec, folder, from }, calls, signal);
    if (answer.tells !== "ended") throw new Error(`a run of a search was answered by ${answer.tells}`);
    return answer.ended;
  }

  use(job: SearchJob): void {
    this.#job = job;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.disconnect();
    });
  }

  #ask(asked: Asked, calls: Pending["calls"], signal: AbortSignal | undefined): Promise<FromTrials> {
    signal?.throwIfAborted();
    const id = ++this.#count;
    const stop = () => this.#send({ ask: "stop", id });
    signal?.addEventListener("abort", stop, { once: true });
    return new Promise<FromTrials>((resolve, reject) => {
      const pending: Pending = { request: { ...asked, id }, signal, calls, resolve, reject, deaths: 0 };
      this.#pending.set(id, pending);
      this.#send(pending.request);
    }).finally(() => {
      this.#pending.delete(id);
      signal?.removeEventListener("abort", stop);
    });
  }

  #send(message: ToTrials): void {
    this.#child ??= this.#start();
    // A process that has just died tells of it itself.
    this.#child.send(message, () => {});
  }

  #start(): ChildProcess {
    const child = fork(program(), { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child.on("message", (message: FromTrials) => this.#take(message));
    child.on("error", (error) => this.#lose(child, error.message));
    child.on("exit", (code, signal) => this.#lose(child, `its process ended with ${signal ?? `code ${code}`}`));
    return child;
  }

  #take(answer: FromTrials): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    const { calls, signal, resolve, reject } = pending;
    if (answer.tells === "progress") calls.onProgress?.(answer.progress);
    else if (answer.tells === "checkpoint") {
      pending.deaths = 0;
      calls.onCheckpoint?.(answer.path, answer.epoch);
    } else if (answer.tells === "stopped") reject(signal?.reason);
    else if (answer.tells === "failed") reject(carriedError(answer.error));
    else resolve(answer);
  }

  /** Gives the work of a process that died to a new one. */
  #lose(child: ChildProcess, why: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    if (this.#isClosed) return;
    for (const pending of [...this.#pending.values()]) {
      pending.deaths += 1;
      if (pending.signal?.aborted) pending.reject(pending.signal.reason);
      else if (pending.deaths > MOST_DEATHS) {
        const problem = `${pending.deaths} times without a new checkpoint in between, ${why}`;
        pending.reject(new HostError("search", problem, "lost-worker"));
      } else this.#send(pending.request);
    }
  }
}
