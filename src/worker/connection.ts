import { onDeath } from "./life.ts";
import { type Argument, type CallName, decodeError, isToPage, PROTOCOL, type Result, type ToPage } from "./protocol.ts";
import { type StartWorker, startSessionWorker } from "./session-source.ts";
import type { WorkerHandle } from "./start.ts";

/** A call that waits for its answer. Written as methods, as what is waited for differs from call to call. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

/** What a worker says of a run without being asked. */
export type RunNote = Extract<ToPage, { readonly run: number }>;

/** Who wants to hear of a run. */
export interface RunListener {
  onNote(note: RunNote): void;
  /** The worker is lost, or was ended. */
  onLost(error: Error): void;
}

/** The page's end of the line to one worker. */
export class Connection {
  /** Resolves once the worker answers; rejects if it never will. */
  readonly ready: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #runs = new Map<number, RunListener>();
  readonly #onLost: (reason: string) => void;
  #worker: WorkerHandle | undefined;
  #failure: string | undefined;
  #calls = 0;
  #isReady = false;
  #greet: Pending | undefined;

  /** @param onLost called once, if the worker is lost after it was there, and before `close` */
  constructor(onLost: (reason: string) => void, start: StartWorker = startSessionWorker) {
    this.#onLost = onLost;
    this.ready = new Promise((resolve, reject) => {
      this.#greet = { resolve: () => resolve(), reject };
    });
    try {
      this.#worker = start({
        onMessage: (message) => this.#receive(message),
        onEnd: (reason) => this.#lose(reason),
      });
      this.#worker.post({ type: "session", protocol: PROTOCOL });
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Asks the worker.
   *
   * @param transfer what it gets instead of a copy
   * @throws what the call throws in the worker; Error with one text for all if the worker is lost
   */
  call<K extends CallName>(
    call: K,
    argument: Argument<K>,
    transfer: ArrayBuffer[] = [],
    onProgress?: Pending["onProgress"],
  ): Promise<Result<K>> {
    return new Promise<Result<K>>((resolve, reject) => {
      if (this.#worker === undefined) throw new Error(this.#failure);
      const id = this.#calls++;
      this.#pending.set(id, { resolve, reject, onProgress });
      try {
        this.#worker.post({ type: "call", id, call, argument }, transfer);
      } catch (error) {
        this.#pending.delete(id);
        const why = error instanceof Error ? error.message : String(error);
        throw new TypeError(`${call}: expected values that can go to a worker, got others: ${why}`);
      }
    });
  }

  /** Asks the worker to free something, which the end of the worker does as well. */
  async release<K extends "disposeModel" | "disposeData">(call: K, argument: Argument<K>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await this.call(call, argument);
    } catch (error) {
      if (this.#failure === undefined) throw error;
    }
  }

  /** Tells of a run until it ends. */
  follow(run: number, listener: RunListener): void {
    if (this.#failure === undefined) this.#runs.set(run, listener);
    else listener.onLost(new Error(this.#failure));
  }

  /** Ends the worker. */
  close(): void {
    this.#end("session: the worker was ended");
  }

  #receive(message: unknown): void {
    if (this.#worker === undefined) return;
    if (!isToPage(message)) {
      this.#lose("it sent something that is no answer");
      return;
    }
    switch (message.type) {
      case "ready":
        this.#meet(message);
        return;
      case "result":
        this.#take(message.id)?.resolve(message.value);
        return;
      case "error":
        this.#take(message.id)?.reject(decodeError(message.error));
        return;
      case "progress":
        this.#pending.get(message.id)?.onProgress?.(message.done, message.total);
        return;
      default:
        this.#tell(message);
    }
  }

  #meet({ protocol, life }: Extract<ToPage, { readonly type: "ready" }>): void {
    if (protocol !== PROTOCOL) {
      this.#lose("its file is of another version of convasm than the page's");
      return;
    }
    if (life !== undefined) onDeath(life, () => this.#lose("it ended without a word"));
    this.#isReady = true;
    this.#greet?.resolve(undefined);
  }

  #tell(note: RunNote): void {
    const listener = this.#runs.get(note.run);
    if (note.type !== "events") this.#runs.delete(note.run);
    listener?.onNote(note);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #lose(reason: string): void {
    if (this.#failure !== undefined) return;
    if (!this.#isReady) {
      this.#end(`session: the worker did not start: ${reason}`);
      return;
    }
    const text = `session: the worker is lost: ${reason}; models in it are gone, begin a new session with what was saved`;
    this.#end(text);
    this.#onLost(text);
  }

  #end(text: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = text;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#greet?.reject(new Error(text));
    for (const { reject } of this.#pending.values()) reject(new Error(text));
    for (const listener of this.#runs.values()) listener.onLost(new Error(text));
    this.#pending.clear();
    this.#runs.clear();
  }
}
