/**
 * A worker: takes runs from a queue and trains them, until it is told to end.
 *
 * The trainings run in processes of their own, so that a busy processor never keeps this one from telling the server that it lives. While a run is under
 * way, its checkpoints travel to the server; whoever takes the run over goes on from the last one.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job, Worker } from "bullmq";
import { reasonOf } from "../../errors.ts";
import type { Build } from "../build.ts";
import type { EndedRun } from "../trial.ts";
import type { QueueAddress } from "./address.ts";
import { connectionError, connectQueue, isRefusal, type QueueConnection } from "./connection.ts";
import { QueueKeys, RUNS_QUEUE, runOfJob } from "./keys.ts";
import { type QueueLibraries, queueLibraries } from "./libraries.ts";
import { readQueuedRun } from "./messages.ts";
import { checkSearchBuild, leaveNote, livingSearches, SIGN_OF_LIFE, signIn, signOut } from "./roster.ts";
import { serveRun } from "./served-run.ts";
import { type ServedSearch, type ServedSearchOptions, serveSearch } from "./served-search.ts";

/** Times that a run may lose its worker; more, and it is what kills them. */
const MOST_LOSSES = 25;

/** Milliseconds between two messages about the progress of a run. */
const PROGRESS_EVERY = 1_000;

/** Something that a worker tells. */
export type WorkerEvent =
  | { readonly event: "ready"; readonly queue: string; readonly slots: number }
  | { readonly event: "started" | "handed-back"; readonly search: string; readonly run: number }
  | { readonly event: "ended"; readonly search: string; readonly run: number; readonly ended: EndedRun }
  | { readonly event: "note"; readonly text: string };

/** Settings of a worker. */
export interface WorkerOptions extends ServedSearchOptions {
  readonly address: QueueAddress;
  readonly build: Build;
  /** Name of this machine. */
  readonly host: string;
  /** Runs at once. */
  readonly slots: number;
  /** Folder for runs under way, which nobody else uses; it is removed at the end. */
  readonly folder: string;
  /** Ends the worker: it takes no more runs, and gives back those that do not end in time. */
  readonly signal: AbortSignal;
  /** Seconds that runs have to end once the worker is to end. */
  readonly graceSeconds: number;
  /** Least seconds between two checkpoints of a run that travel. */
  readonly checkpointSeconds: number;
  /** Seconds without a sign of life after which a worker counts as lost. */
  readonly lostAfterSeconds: number;
  /** Seconds without a run after which the worker ends by itself; undefined: it stays. */
  readonly idleSeconds?: number | undefined;
  /** Milliseconds between two signs of life; default {@link SIGN_OF_LIFE}. */
  readonly signMilliseconds?: number | undefined;
  readonly onEvent: (event: WorkerEvent) => void;
}

/**
 * Works until the signal aborts, or nothing has come for as long as was said.
 *
 * @throws HostError if no server is there
 * @throws InputRangeError if packages are missing, the server refuses the password, or searches are of another build or on other data; runs are given back before
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { who, address, build } = options;
  const libraries = await queueLibraries(who);
  const connection = await connectQueue(who, address, libraries);
  const worker = new QueueWorker(options, connection, libraries);
  try {
    const searches = await livingSearches(connection.client, new QueueKeys(address.name));
    for (const text of searches.values()) checkSearchBuild(who, build, text);
    for (const id of searches.keys()) await worker.serve(id);
    await worker.work();
  } catch (error) {
    throw connectionError(who, address, error);
  } finally {
    await worker.close();
    connection.close();
  }
}

/** Why a run is stopped. */
class Stopped extends Error {
  /** `back`: another worker goes on with it; `lost`: another one has it already; `paused`: its search was stopped. */
  readonly why: "back" | "lost" | "paused";

  constructor(why: "back" | "lost" | "paused") {
    super(`stopped: ${why}`);
    this.why = why;
  }
}

/** A run under way. */
interface Active {
  readonly search: string;
  readonly controller: AbortController;
}

class QueueWorker {
  readonly #id = randomUUID();
  readonly #options: WorkerOptions;
  readonly #connection: QueueConnection;
  readonly #libraries: QueueLibraries;
  readonly #keys: QueueKeys;
  readonly #served = new Map<string, Promise<ServedSearch>>();
  /** Runs under way by the ids of their jobs. */
  readonly #active = new Map<string, Active>();
  readonly #end = new AbortController();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busyAt = performance.now();
  #isDraining = false;

  constructor(options: WorkerOptions, connection: QueueConnection, libraries: QueueLibraries) {
    this.#options = options;
    this.#connection = connection;
    this.#libraries = libraries;
    this.#keys = new QueueKeys(options.address.name);
  }

  /** The checked search of an id; undefined if the server knows none of that id. */
  async serve(id: string): Promise<ServedSearch | undefined> {
    const text = await this.#connection.client.hget(this.#keys.searches, id);
    if (text === null) return undefined;
    const known = this.#served.get(id);
    if (known !== undefined) return known;
    const serving = serveSearch(text, this.#options);
    this.#served.set(id, serving);
    serving.catch(() => this.#served.delete(id));
    return serving;
  }

  /** Takes runs until the end. */
  async work(): Promise<void> {
    const { address, slots, signal, lostAfterSeconds, onEvent } = this.#options;
    signal.throwIfAborted();
    const { Worker } = this.#libraries.bullmq;
    const worker = new Worker(RUNS_QUEUE, (job, token) => this.#process(job, token ?? ""), {
      connection: this.#connection.client,
      prefix: this.#keys.prefix,
      concurrency: slots,
      lockDuration: 1000 * lostAfterSeconds,
      lockRenewTime: (1000 * lostAfterSeconds) / 3,
      stalledInterval: (1000 * lostAfterSeconds) / 2,
      maxStalledCount: MOST_LOSSES,
      runRetryDelay: 2_000,
      autorun: false,
    });
    this.#worker = worker;
    // Lost connections come back by themselves; what goes wrong with a run is its own error.
    worker.on("error", () => {});
    worker.on("lockRenewalFailed", (ids: readonly string[]) => {
      for (const id of ids) this.#active.get(id)?.controller.abort(new Stopped("lost"));
    });
    worker.on("completed", (job) => void this.#removeFolder(job.id));
    await worker.waitUntilReady();
    await this.#tick();
    this.#timer = setInterval(() => void this.#tick(), this.#options.signMilliseconds ?? SIGN_OF_LIFE);
    onEvent({ event: "ready", queue: address.shown, slots });
    worker.run().catch((error) => this.#end.abort(error));
    await ended([signal, this.#end.signal]);
    await this.#drain(worker);
    if (this.#end.signal.reason instanceof Error) throw this.#end.signal.reason;
  }

  /** Ends all that was started. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { client } = this.#connection;
    if (client.status === "ready") await signOut(client, this.#keys, this.#id).catch(() => undefined);
    const served = await Promise.allSettled(this.#served.values());
    await Promise.allSettled(
      served.map((each) => (each.status === "fulfilled" ? each.value.runner.close() : undefined)),
    );
    await this.#worker?.close(true).catch(() => undefined);
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /** Takes no more runs, waits for those under way for a while, and gives back the others. */
  async #drain(worker: Worker): Promise<void> {
    this.#isDraining = true;
    const closing = worker.pause(true).then(() => worker.close());
    const grace = this.#end.signal.aborted ? 0 : this.#options.graceSeconds;
    const timer = setTimeout(() => {
      for (const { controller } of this.#active.values()) controller.abort(new Stopped("back"));
    }, 1000 * grace);
    await closing;
    clearTimeout(timer);
  }

  async #process(job: Job, token: string): Promise<EndedRun> {
    const { who, onEvent, checkpointSeconds } = this.#options;
    const { client } = this.#connection;
    const id = job.id ?? "";
    const queued = readQueuedRun(`${who}: ${id}`, job.data);
    const run = { search: queued.search, run: queued.spec.index };
    const controller = new AbortController();
    this.#active.set(id, { search: queued.search, controller });
    try {
      if (this.#isDraining) throw new Stopped("back");
      const served = await this.#serveOrLeave(queued.search);
      onEvent({ event: "started", ...run });
      let toldAt = Number.NEGATIVE_INFINITY;
      const ended = await serveRun({
        client,
        keys: this.#keys,
        runner: served.runner,
        queued,
        folder: this.#folderOf(id),
        signal: controller.signal,
        checkpointSeconds,
        onProgress: (progress) => {
          if (performance.now() - toldAt < PROGRESS_EVERY) return;
          toldAt = performance.now();
          job.updateProgress({ ...progress }).catch(() => undefined);
        },
        onTrouble: (text) => onEvent({ event: "note", text }),
      });
      onEvent({ event: "ended", ...run, ended });
      return ended;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      if (error.why === "lost") throw error;
      const { UnrecoverableError, WaitingError } = this.#libraries.bullmq;
      if (error.why === "paused") throw new UnrecoverableError("the search was stopped");
      await job.moveToWait(token);
      onEvent({ event: "handed-back", ...run });
      throw new WaitingError();
    } finally {
      this.#active.delete(id);
      this.#busyAt = performance.now();
    }
  }

  /** The search of a run; a worker that cannot serve it gives the run back and ends. */
  async #serveOrLeave(search: string): Promise<ServedSearch> {
    const { host } = this.#options;
    try {
      const served = await this.serve(search);
      if (served !== undefined) return served;
    } catch (error) {
      const note = `the worker on ${host} leaves: ${reasonOf(error)}`;
      await leaveNote(this.#connection.client, this.#keys, search, note).catch(() => undefined);
      this.#end.abort(error);
      throw new Stopped("back");
    }
    throw new this.#libraries.bullmq.UnrecoverableError("its search is not known to the server any more");
  }

  /** A sign of life, and a look at what was asked of this worker. */
  async #tick(): Promise<void> {
    const { host, build, slots, idleSeconds, who } = this.#options;
    const { client } = this.#connection;
    if (client.status !== "ready") return;
    try {
      await signIn(client, this.#keys, { id: this.#id, host, build, slots, busy: this.#active.size });
      await this.#stopPaused();
      await this.#leaveEnded();
      if (this.#active.size > 0) this.#busyAt = performance.now();
      if (idleSeconds !== undefined && performance.now() - this.#busyAt > 1000 * idleSeconds) this.#end.abort("idle");
    } catch (error) {
      if (isRefusal(error)) this.#end.abort(connectionError(who, this.#options.address, error));
    }
  }

  async #stopPaused(): Promise<void> {
    for (const search of new Set([...this.#active.values()].map((active) => active.search))) {
      if ((await this.#connection.client.exists(this.#keys.paused(search))) === 0) continue;
      for (const active of this.#active.values()) {
        if (active.search === search) active.controller.abort(new Stopped("paused"));
      }
    }
  }

  /** Ends the processes of searches that are over. */
  async #leaveEnded(): Promise<void> {
    const busy = new Set([...this.#active.values()].map((active) => active.search));
    for (const [search, serving] of this.#served) {
      if (busy.has(search) || (await this.#connection.client.hexists(this.#keys.searches, search)) === 1) continue;
      this.#served.delete(search);
      await (await serving).runner.close();
    }
  }

  #folderOf(id: string): string {
    return join(this.#options.folder, id);
  }

  async #removeFolder(id: string | undefined): Promise<void> {
    if (id === undefined || runOfJob(id) === undefined) return;
    for (const folder of [this.#folderOf(id), `${this.#folderOf(id)}-origin`]) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Waits until one of the signals aborts. */
async function ended(signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals]);
  if (any.aborted) return;
  await new Promise<void>((resolve) => any.addEventListener("abort", () => resolve(), { once: true }));
}
