import { onLivenessLost } from "./liveness.ts";
import { CALLBACK, decodeError, type Handle, isToPage, PROTOCOL, type ToPage } from "./protocol.ts";
import { type StartWorker, startSessionWorker } from "./session-source.ts";
import type { WorkerHandle } from "./start.ts";

/** A call that waits for its answer; with methods, as the types of answers differ from call to call. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  /** The function among the arguments, if there is one. */
  callBack?(...args: readonly unknown[]): void;
}

/** A message of the worker about a run that the page did not ask for. */
export type RunNote = Extract<ToPage, { readonly run: number }>;

/** A listener to a run. */
export interface RunListener {
  onNote(note: RunNote): void;
  /** The worker is lost, or was ended. */
  onLost(error: Error): void;
}

/** The page's side of the connection to a worker. */
export class Connection {
  /** Resolves once the worker answers; rejects if it does not start. */
  readonly ready: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #runs = new Map<number, RunListener>();
  readonly #onLost: (reason: string) => void;
  #worker: WorkerHandle | undefined;
  #failure: string | undefined;
  #calls = 0;
  #isReady = false;
  #greet: Pending | undefined;

  /**
   * Starts the worker.
   *
   * @param onLost called once, if the worker is lost after it had started, and before `close`
   */
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

  /** True if the worker is lost, or was ended. */
  get isClosed(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Calls a method of an object in the worker. `Remote` knows the types.
   *
   * @param transfer memories that go there instead of being copied
   * @throws what the method throws in the worker; Error with one text for all if the worker is lost
   */
  call<R>(target: Handle, method: string, given: readonly unknown[], transfer: ArrayBuffer[]): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.#worker === undefined) throw new Error(this.#failure);
      const id = this.#calls++;
      const pending: Pending = { resolve, reject };
      const args = given.map((value) => {
        if (typeof value !== "function") return value;
        pending.callBack = (...values) => Reflect.apply(value, undefined, values);
        return CALLBACK;
      });
      this.#pending.set(id, pending);
      try {
        this.#worker.post({ type: "call", id, target, method, arguments: args }, transfer);
      } catch (error) {
        this.#pending.delete(id);
        const why = error instanceof Error ? error.message : String(error);
        throw new TypeError(`${method}: expected values that can go to a worker, got others: ${why}`);
      }
    });
  }

  /** Passes messages about a run to a listener until the run ends. */
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
      case "callback":
        this.#pending.get(message.id)?.callBack?.(...message.arguments);
        return;
      default:
        this.#tell(message);
    }
  }

  #meet({ protocol, livenessLock }: Extract<ToPage, { readonly type: "ready" }>): void {
    if (protocol !== PROTOCOL) {
      this.#lose("its file is of another version of convasm than the page's");
      return;
    }
    if (livenessLock !== undefined) onLivenessLost(livenessLock, () => this.#lose("it ended without a word"));
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
