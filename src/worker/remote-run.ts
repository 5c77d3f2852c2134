import type { FitEvent } from "../training/events.ts";
import { macrotask } from "../training/pause.ts";
import type { History } from "../training/trainer.ts";
import type { Connection, RunListener, RunNote } from "./connection.ts";
import type { CheckpointNotes, RemoteRun } from "./contract.ts";
import { EventQueue } from "./event-queue.ts";
import { decodeError } from "./protocol.ts";

/** A page's handle of a training run in a worker. */
export class RunHandle implements RemoteRun, RunListener {
  readonly finished: Promise<History>;
  readonly #connection: Connection;
  readonly #model: number;
  readonly #run: number;
  #state: RemoteRun["state"];
  readonly #queues = new Set<EventQueue>();
  /** Why it did not come to its end, where the worker is gone. */
  #lost: Error | undefined;
  #resolve: (history: History) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(connection: Connection, model: number, run: number, paused: boolean) {
    this.#connection = connection;
    this.#model = model;
    this.#run = run;
    this.#state = paused ? "paused" : "running";
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    connection.follow(run, this);
    // Whoever begins to iterate at once has asked for events before the first step is made.
    macrotask().then(() => connection.call("start", { run }).catch(() => {}));
  }

  get state(): RemoteRun["state"] {
    return this.#state;
  }

  onNote(note: RunNote): void {
    if (note.type === "events") {
      for (const queue of this.#queues) queue.add(note.events);
      return;
    }
    if (note.type === "end") this.#resolve(note.history);
    else this.#reject(decodeError(note.error));
    this.#end();
  }

  onLost(error: Error): void {
    // Whoever ended the session, or hears of its loss, needs no second complaint.
    this.finished.catch(() => {});
    this.#lost = error;
    this.#reject(error);
    this.#end();
  }

  /** Whether the run has ended, so that there is nothing to ask the worker for. */
  #hasEnded(): boolean {
    if (this.#lost !== undefined) throw this.#lost;
    return this.#state === "ended";
  }

  #end(): void {
    this.#state = "ended";
    for (const queue of this.#queues) queue.end();
  }

  async pause(): Promise<void> {
    if (this.#hasEnded()) return;
    await this.#connection.call("pause", { run: this.#run });
    if (this.#state === "running") this.#state = "paused";
  }

  async resume(): Promise<void> {
    if (this.#hasEnded()) return;
    await this.#connection.call("resume", { run: this.#run });
    if (this.#state === "paused") this.#state = "running";
  }

  step(): Promise<void> {
    return this.#connection.call("step", { run: this.#run });
  }

  async stop(): Promise<History> {
    if (this.#state !== "ended") await this.#connection.call("stop", { run: this.#run });
    return this.finished;
  }

  setLearningRateFactor(factor: number): Promise<void> {
    return this.#connection.call("setLearningRateFactor", { run: this.#run, factor });
  }

  checkpoint(notes?: CheckpointNotes): Promise<Uint8Array> {
    return this.#connection.call("checkpoint", { model: this.#model, run: this.#run, notes });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FitEvent, void> {
    // Whoever iterates hears of a failure here.
    this.finished.catch(() => {});
    const queue = new EventQueue();
    if (this.#state === "ended") queue.end();
    this.#queues.add(queue);
    if (this.#queues.size === 1) this.#listen(true);
    try {
      for (;;) {
        const event = await queue.next();
        if (event === undefined) break;
        yield event;
      }
      await this.finished;
    } finally {
      this.#queues.delete(queue);
      if (this.#queues.size === 0) this.#listen(false);
    }
  }

  #listen(on: boolean): void {
    // Of a lost worker all else tells.
    if (this.#state !== "ended") this.#connection.call("listen", { run: this.#run, on }).catch(() => {});
  }
}
