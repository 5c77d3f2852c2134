import { decodeError } from "../error-records.ts";
import { macrotask } from "../event-loop.ts";
import type { FitEvent } from "../training/events.ts";
import type { History } from "../training/history.ts";
import type { RunNote } from "./connection.ts";
import type { CheckpointNotes } from "./contract.ts";
import { EventQueue } from "./event-queue.ts";
import type { HostedModel } from "./hosted-model.ts";
import type { HostedRun } from "./hosted-run.ts";
import type { Handle } from "./protocol.ts";
import { Remote } from "./remote.ts";

/**
 * A training run in a worker. Iterating over it gives its events, and leaving that loop ends the run, as with `fitEvents`; without an
 * iteration it runs to its end, and no events are sent.
 */
export class RemoteRun implements AsyncIterable<FitEvent> {
  /** Resolves when the run has ended, rejects if it failed. */
  readonly finished: Promise<History>;
  readonly #model: Remote<HostedModel>;
  readonly #run: Remote<HostedRun>;
  #state: "running" | "paused" | "ended";
  readonly #queues = new Set<EventQueue>();
  /** Reason why the run did not come to its end, if the worker is gone. */
  #lost: Error | undefined;
  #resolve: (history: History) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** @internal */
  constructor(model: Remote<HostedModel>, run: Handle<"run">, paused: boolean) {
    const { connection } = model;
    this.#model = model;
    this.#run = new Remote(connection, run);
    this.#state = paused ? "paused" : "running";
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    connection.follow(run.number, {
      onNote: (note) => this.#onNote(note),
      isPaused: () => this.#state === "paused",
      onLost: (error) => this.#onLost(error),
    });
    // A caller that begins to iterate at once has asked for events before the first step is made.
    macrotask().then(() => this.#run.call("start").catch(() => {}));
  }

  get state(): "running" | "paused" | "ended" {
    return this.#state;
  }

  #become(state: "running" | "paused"): void {
    this.#state = state;
    this.#run.connection.settle();
  }

  /** Ends the run when a signal aborts: its history then ends with "interrupted". @internal */
  endWith(signal: AbortSignal): void {
    const end = () => {
      this.stop().catch(() => {});
    };
    if (signal.aborted) {
      end();
      return;
    }
    signal.addEventListener("abort", end, { once: true });
    const forget = () => signal.removeEventListener("abort", end);
    this.finished.then(forget, forget);
  }

  /** Ends the run at the end of a block: `await using run = await model.fit(data)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lost === undefined) await this.stop();
  }

  #onNote(note: RunNote): void {
    if (note.type === "events") {
      for (const queue of this.#queues) queue.add(note.events);
      return;
    }
    if (note.type === "end") this.#resolve(note.history);
    else this.#reject(decodeError(note.error));
    this.#end();
  }

  #onLost(error: Error): void {
    // The end of the session, or its loss, is reported elsewhere.
    this.finished.catch(() => {});
    this.#lost = error;
    this.#reject(error);
    this.#end();
  }

  /** True if the run has ended, so that there is nothing to ask the worker for. */
  #hasEnded(): boolean {
    if (this.#lost !== undefined) throw this.#lost;
    return this.#state === "ended";
  }

  #end(): void {
    this.#state = "ended";
    for (const queue of this.#queues) queue.end();
  }

  /** Resolves once no step runs any more. */
  async pause(): Promise<void> {
    if (this.#hasEnded()) return;
    await this.#run.call("pause");
    if (this.#state === "running") this.#become("paused");
  }

  async resume(): Promise<void> {
    if (this.#hasEnded()) return;
    await this.#run.call("resume");
    if (this.#state === "paused") this.#become("running");
  }

  /** Makes one step of a paused run. */
  step(): Promise<void> {
    return this.#run.call("step");
  }

  /** Ends the run after the current step, and resolves once `finished` has; it can be checkpointed first. */
  async stop(): Promise<History> {
    if (this.#state !== "ended") await this.#run.call("stop");
    return this.finished;
  }

  /** Multiplies the schedule's learning rate from the next step on; 1 at first. */
  setLearningRateFactor(factor: number): Promise<void> {
    return this.#run.call("setLearningRateFactor", factor);
  }

  /**
   * The bytes of a checkpoint between two steps, of this run or after it: the same file as the command line's, which goes on
   * with `convasm train --resume FILE` if it can have the data: generated digits of seed 0 by itself, others with `--data`.
   */
  checkpoint(notes?: CheckpointNotes): Promise<Uint8Array> {
    return this.#model.call("checkpoint", this.#run.handle, notes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FitEvent, void> {
    // The iteration reports a failure.
    this.finished.catch(() => {});
    const queue = new EventQueue();
    if (this.#state === "ended") queue.end();
    this.#queues.add(queue);
    if (this.#queues.size === 1) this.#listen(true);
    let isLeft = true;
    try {
      for (let event = await queue.next(); event !== undefined; event = await queue.next()) yield event;
      isLeft = false;
      await this.finished;
    } finally {
      this.#queues.delete(queue);
      if (this.#queues.size === 0) this.#listen(false);
      if (isLeft) await this.stop();
    }
  }

  #listen(on: boolean): void {
    // Other calls report a lost worker.
    if (this.#state !== "ended") this.#run.call("listen", on).catch(() => {});
  }
}
