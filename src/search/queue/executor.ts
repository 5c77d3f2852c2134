/**
 * A queue on a Redis or Valkey server as an executor: runs are put into it, workers on any number of machines train them.
 *
 * The queue holds what is under way, the search's folder what has ended. What the server forgets, because it was restarted without its last writes or
 * without all of them, is put into it again: the folder and the list of pending runs are what counts, and events are no more than a reason to look.
 *
 * @module
 */

import type { Job, Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { HostError, isInputError } from "../../errors.ts";
import type { Build } from "../build.ts";
import type { Executor, RunCalls } from "../executor.ts";
import type { SearchJob } from "../job.ts";
import { readEndedRun } from "../read-run.ts";
import type { EndedRun, RunSpec, Settings } from "../trial.ts";
import type { QueueAddress } from "./address.ts";
import { connectionError, isRefusal, type QueueConnection } from "./connection.ts";
import { jobId, type QueueKeys, runOfJob } from "./keys.ts";
import { type QueuedRun, readProgress } from "./messages.ts";
import { presentWorkers, SIGN_OF_LIFE, searchLives, takeNotes } from "./roster.ts";
import { hasEnded, originIn, stateIn, writeFolder } from "./run-files.ts";
import { dropFiles, fetchFiles, KEPT_SECONDS, type SentFile, sendFiles } from "./transfer.ts";

/** Times that a run is tried where it was no fault of its own: a process that was killed, a disk that was full. */
const ATTEMPTS = 3;

/** Runs that are forgotten side by side. */
const FORGOTTEN_AT_ONCE = 100;

/** Priority of a run with no epoch to do: the smaller the number, the sooner. */
const LOWEST_PRIORITY = 1_000_000;

/** Runs that are looked at in one go when events may have been missed. */
const LOOKED_AT_ONCE = 500;

/** Where a search's runs go. */
export interface QueueOptions {
  /** The option or command that messages name. */
  readonly who: string;
  readonly address: QueueAddress;
  readonly build: Build;
  readonly job: SearchJob;
  /** Id of the search: letters, digits and dashes, the same when it is resumed. */
  readonly search: string;
  /** Settings of a possible trial, with which workers check that they can train. */
  readonly example: Settings;
  /** Name of this machine. */
  readonly host: string;
  /** Folder of a run. */
  readonly folderOf: (spec: RunSpec) => string;
  /** Called with a line about workers and server that the people before the search should read. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Milliseconds between two signs of life; default {@link SIGN_OF_LIFE}. */
  readonly signMilliseconds?: number | undefined;
}

/** A run that was put into the queue and has not come back. */
interface Pending {
  readonly spec: RunSpec;
  readonly calls: RunCalls;
  readonly resolve: (ended: EndedRun) => void;
  readonly reject: (error: unknown) => void;
  /** True while its state is being looked at. */
  isLookedAt: boolean;
}

/** Runs trainings by putting them into a queue. */
export class QueueExecutor implements Executor {
  /** Runs that the workers which are there train at once. */
  slots = 0;
  /** Workers that are there. */
  workers = 0;
  readonly #options: QueueOptions;
  readonly #connection: QueueConnection;
  readonly #client: Redis;
  readonly #keys: QueueKeys;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #message: string;
  readonly #pending = new Map<number, Pending>();
  readonly #timer: NodeJS.Timeout;
  #lookedAt = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(
    options: QueueOptions,
    connection: QueueConnection,
    keys: QueueKeys,
    queue: Queue,
    events: QueueEvents,
    message: string,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#client = connection.client;
    this.#keys = keys;
    this.#queue = queue;
    this.#events = events;
    this.#message = message;
    // Lost connections come back by themselves.
    queue.on("error", () => {});
    events.on("error", () => {});
    events.on("completed", ({ jobId: id }) => this.#look(id));
    events.on("failed", ({ jobId: id }) => this.#look(id));
    events.on("progress", ({ jobId: id, data }) => this.#progress(id, data));
    this.#timer = setInterval(() => void this.#tick(), options.signMilliseconds ?? SIGN_OF_LIFE);
  }

  /** The runs that workers train at once, and some more, so that none waits for the searching process. */
  get capacity(): number {
    return this.slots + Math.ceil(this.slots / 8) + 1;
  }

  async run(spec: RunSpec, calls: RunCalls = {}): Promise<EndedRun> {
    calls.signal?.throwIfAborted();
    let withdraw = () => {};
    return new Promise<EndedRun>((resolve, reject) => {
      const pending: Pending = { spec, calls, resolve, reject, isLookedAt: false };
      this.#pending.set(spec.index, pending);
      withdraw = () => void this.#withdraw(pending);
      calls.signal?.addEventListener("abort", withdraw, { once: true });
      // A connection that breaks comes back, and the run is looked at again.
      this.#add(spec, true).catch((error) => this.#fail(pending, error));
    }).finally(() => calls.signal?.removeEventListener("abort", withdraw));
  }

  /** Ends the connection; jobs of a search that is done are removed. Runs that are pending stay in the queue. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    const { search } = this.#options;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    if (this.#client.status === "ready") {
      await this.#client.del(this.#keys.alive(search)).catch(() => undefined);
    }
    for (const { reject, spec } of pending) reject(new Error(`run ${spec.index}: the queue was closed`));
    this.#client.disconnect();
    await Promise.allSettled([this.#events.close(), this.#queue.close()]);
    this.#connection.close();
  }

  /** Removes all that the server holds of a search whose runs have all ended. */
  async forget(runs: number): Promise<void> {
    const { search } = this.#options;
    for (let first = 0; first < runs; first += FORGOTTEN_AT_ONCE) {
      const some = Array.from({ length: Math.min(FORGOTTEN_AT_ONCE, runs - first) }, (_, i) => first + i);
      await Promise.all(some.map((index) => this.#forgetRun(index)));
    }
    await this.#client.hdel(this.#keys.searches, search);
    await this.#client.del(this.#keys.alive(search), this.#keys.paused(search), this.#keys.notes(search));
  }

  async #forgetRun(index: number): Promise<void> {
    const { search } = this.#options;
    await this.#queue.remove(jobId(search, index)).catch(() => undefined);
    await this.#dropFiles(index);
  }

  async #dropFiles(index: number): Promise<void> {
    const { search } = this.#options;
    for (const kind of ["result", "checkpoint", "origin"] as const) {
      await dropFiles(this.#client, this.#keys[kind](search, index));
    }
  }

  /** Puts a run into the queue, unless it is there. */
  async #add(spec: RunSpec, isFirst: boolean): Promise<void> {
    const { search, folderOf } = this.#options;
    const { index, from, budget } = spec;
    const id = jobId(search, index);
    if (isFirst) await this.#clearFailed(id);
    await this.#offer(this.#keys.checkpoint(search, index), () => stateIn(folderOf(spec)));
    if (from !== undefined) {
      await this.#offer(this.#keys.origin(search, index), () => originIn(folderOf({ ...spec, index: from })));
    }
    const data: QueuedRun = { search, spec };
    // A server that has lost a run may have lost its search, without which no worker can train it.
    await this.#client.hsetnx(this.#keys.searches, search, this.#message);
    await this.#queue.add("run", data, {
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: "fixed", delay: 1000 },
      // Runs of higher rungs first: what they decide is waited for.
      ...(budget !== undefined && { priority: Math.max(1, LOWEST_PRIORITY - budget) }),
      // What is left of a search that nobody resumes goes with the files.
      removeOnComplete: { age: KEPT_SECONDS },
      removeOnFail: { age: KEPT_SECONDS },
    });
    this.#look(id);
  }

  /** Sends files that a run needs, unless the server has them or there are none. */
  async #offer(key: string, files: () => Promise<readonly SentFile[]>): Promise<void> {
    if ((await this.#client.exists(key)) === 1) return;
    const some = await files();
    if (some.length > 0) await sendFiles(this.#client, key, some);
  }

  /** A run that failed in an earlier session is tried anew. */
  async #clearFailed(id: string): Promise<void> {
    const job = await this.#queue.getJob(id);
    if (job !== undefined && (await job.isFailed())) await job.remove();
  }

  /** Takes a run out of the queue whose search was stopped; workers stop those under way. */
  async #withdraw({ spec, calls, reject }: Pending): Promise<void> {
    const { search } = this.#options;
    if (!this.#pending.delete(spec.index)) return;
    if (this.#client.status === "ready") {
      await this.#client.set(this.#keys.paused(search), "1", "EX", 3600).catch(() => undefined);
      // One that a worker holds is locked, and not removed.
      await this.#queue.remove(jobId(search, spec.index)).catch(() => undefined);
    }
    reject(calls.signal?.reason);
  }

  #progress(id: string, data: unknown): void {
    const run = runOfJob(id);
    const progress = readProgress(data);
    if (run?.search !== this.#options.search || progress === undefined) return;
    this.#pending.get(run.index)?.calls.onProgress?.(progress);
  }

  /** Looks at the state of a run after an event. */
  #look(id: string): void {
    const run = runOfJob(id);
    if (run?.search !== this.#options.search) return;
    const pending = this.#pending.get(run.index);
    if (pending === undefined || pending.isLookedAt) return;
    pending.isLookedAt = true;
    this.#settle(pending)
      .catch((error) => this.#fail(pending, error))
      .finally(() => {
        pending.isLookedAt = false;
      });
  }

  async #settle({ spec, resolve }: Pending): Promise<void> {
    const { search, folderOf } = this.#options;
    const id = jobId(search, spec.index);
    // The state first: a job that was read before it ended has no result.
    const state = await this.#queue.getJobState(id);
    const job = await this.#queue.getJob(id);
    // The server has lost it.
    if (job === undefined) return this.#add(spec, false);
    if (state === "failed") throw this.#failure(job);
    if (state !== "completed") return;
    const ended = readEndedRun(`queue: run ${spec.index}`, job.returnvalue);
    const folder = folderOf(spec);
    if (!(await hasEnded(folder))) {
      const key = this.#keys.result(search, spec.index);
      const files = await fetchFiles(this.#client, key);
      if (files === undefined) {
        await job.remove();
        return this.#add(spec, false);
      }
      await writeFolder(folder, files);
    }
    await this.#dropFiles(spec.index);
    this.#end(spec.index, () => resolve(ended));
  }

  #failure(job: Job): unknown {
    const reason = job.failedReason.slice(0, 300);
    return new HostError(this.#options.who, `the run ${job.id} failed on ${ATTEMPTS} workers: ${reason}`, "no-queue", {
      advice: "the search goes on with --resume",
    });
  }

  /** Errors of the connection heal themselves; all others end the run. */
  #fail({ spec, reject }: Pending, error: unknown): void {
    const { who, address } = this.#options;
    if (!(error instanceof HostError) && !isInputError(error) && !isRefusal(error)) return;
    this.#end(spec.index, () => reject(connectionError(who, address, error)));
  }

  /** Looks at some of the pending runs, at all of them one tick after the other. */
  #lookAtSome(): void {
    const indices = [...this.#pending.keys()];
    if (this.#lookedAt >= indices.length) this.#lookedAt = 0;
    const some = indices.slice(this.#lookedAt, this.#lookedAt + LOOKED_AT_ONCE);
    this.#lookedAt += some.length;
    for (const index of some) this.#look(jobId(this.#options.search, index));
  }

  #end(index: number, settle: () => void): void {
    if (this.#pending.delete(index)) settle();
  }

  /** A sign of life, and a look at all that may have happened without an event. */
  async #tick(): Promise<void> {
    if (this.#isBusy || this.#isClosed || this.#client.status !== "ready") return;
    this.#isBusy = true;
    const { search, onNote } = this.#options;
    try {
      await searchLives(this.#client, this.#keys, search);
      await this.#client.hsetnx(this.#keys.searches, search, this.#message);
      const workers = await presentWorkers(this.#client, this.#keys);
      this.workers = workers.length;
      this.slots = workers.reduce((sum, { slots }) => sum + slots, 0);
      for (const note of await takeNotes(this.#client, this.#keys, search)) onNote?.(note);
      this.#lookAtSome();
    } catch {
      // The server is away; it is asked again.
    } finally {
      this.#isBusy = false;
    }
  }
}
