import { decodeError } from "../error-records.ts";
import { HostError, InputTypeError, reasonOf, retold } from "../errors.ts";
import { onLivenessLost } from "./liveness.ts";
import { CALLBACK, type Handle, isToPage, PROTOCOL, type ToPage } from "./protocol.ts";
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
  /** True while it makes no step by itself. */
  isPaused(): boolean;
  /** The worker is lost, or was ended. */
  onLost(error: Error): void;
}

/** The page's side of the connection to a worker. */
export class Connection {
  /** Resolves once the worker answers; rejects if it does not start. */
  readonly ready: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #runs = new Map<number, RunListener>();
  readonly #onLost: (error: HostError) => void;
  #worker: WorkerHandle | undefined;
  #failure: HostError | undefined;
  #calls = 0;
  #isReady = false;
  #isKept = true;
  #greet: Pending | undefined;

  /**
   * Starts the worker.
   *
   * @param onLost called once, if the worker is lost after it had started, and before `close`
   */
  constructor(onLost: (error: HostError) => void, start: StartWorker = startSessionWorker) {
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
      this.#lose(reasonOf(error));
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
   * @throws what the method throws in the worker; HostError with one text for all if the worker is lost
   */
  call<R>(target: Handle, method: string, given: readonly unknown[], transfer: ArrayBuffer[]): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      if (this.#failure !== undefined) throw retold(this.#failure, {});
      const id = this.#calls++;
      const pending: Pending = { resolve, reject };
      const args = given.map((value) => {
        if (typeof value !== "function") return value;
        pending.callBack = (...values) => Reflect.apply(value, undefined, values);
        return CALLBACK;
      });
      this.#pending.set(id, pending);
      this.settle();
      try {
        this.#worker?.post({ type: "call", id, target, method, arguments: args }, transfer);
      } catch (error) {
        this.#take(id);
        throw new InputTypeError(method, "values that can go to a worker", `others: ${reasonOf(error)}`);
      }
    });
  }

  /** Passes messages about a run to a listener until the run ends. */
  follow(run: number, listener: RunListener): void {
    if (this.#failure === undefined) this.#runs.set(run, listener);
    else listener.onLost(retold(this.#failure, {}));
    this.settle();
  }

  /** Keeps the program from ending while a call or a run is under way, and lets it end by itself otherwise. */
  settle(): void {
    const runs = [...this.#runs.values()].some((listener) => !listener.isPaused());
    const isNeeded = !this.#isReady || this.#pending.size > 0 || runs;
    if (isNeeded === this.#isKept) return;
    this.#isKept = isNeeded;
    this.#worker?.keepAlive?.(isNeeded);
  }

  /** Ends the worker. */
  close(): void {
    this.#end(new HostError("session", "the worker was ended", "lost-worker"));
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
    this.settle();
  }

  #tell(note: RunNote): void {
    const listener = this.#runs.get(note.run);
    if (note.type !== "events") this.#runs.delete(note.run);
    listener?.onNote(note);
    this.settle();
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.settle();
    return pending;
  }

  #lose(reason: string): void {
    if (this.#failure !== undefined) return;
    if (!this.#isReady) {
      this.#end(new HostError("session", `the worker did not start: ${reason}`, "no-worker"));
      return;
    }
    const advice = "models in it are gone, begin a new session with what was saved";
    const error = new HostError("session", `the worker is lost: ${reason}`, "lost-worker", { advice });
    this.#end(error);
    this.#onLost(error);
  }

  #end(error: HostError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#greet?.reject(retold(error, {}));
    for (const { reject } of this.#pending.values()) reject(retold(error, {}));
    for (const listener of this.#runs.values()) listener.onLost(retold(error, {}));
    this.#pending.clear();
    this.#runs.clear();
  }
}
