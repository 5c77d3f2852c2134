import { decodeError } from "../../error-records.ts";
import { HostError, reasonOf } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import type { Kernels } from "../kernels.ts";
import { type Phase, programOf, runPhase } from "../program.ts";
import type { Tape } from "../tape.ts";
import { cutByParts } from "./bands.ts";
import { Control, STOP } from "./control.ts";
import type { ThreadHandle } from "./source.ts";
import { threadSource } from "./start.ts";
import { failureOf, failureText, type ThreadAnswer, type ThreadMessage } from "./thread.ts";
import { Tuner } from "./tuner.ts";
import { lookEvery, patienceOfHost, Watchdog } from "./watchdog.ts";

/** A tape that all threads know. */
interface SharedTape {
  readonly id: number;
  /** The calling thread's part. */
  readonly program: readonly Phase[];
}

/** The workers of an engine, for the thread that calls them, which is thread 0 and does its share. */
export class Pool {
  readonly threads: number;
  /** Resolves once all workers are ready; rejects if one does not start. */
  readonly started: Promise<void>;
  readonly #kernels: Kernels;
  readonly #control: Control;
  readonly #patience: number;
  #handles: ThreadHandle[] = [];
  #tapes = 0;
  #failure: Error | undefined;

  /**
   * Starts `threads - 1` workers.
   *
   * @param modules the compiled files of kernels
   * @param kernels of the calling thread, over the same memory
   */
  constructor(threads: number, modules: readonly WebAssembly.Module[], memory: WebAssembly.Memory, kernels: Kernels) {
    const source = threadSource();
    const control = Control.allocate(threads);
    const spins = threads <= source.cores();
    this.threads = threads;
    this.#kernels = kernels;
    this.#control = new Control(control, threads, spins);
    this.#patience = patienceOfHost();
    this.started = new Promise((resolve, reject) => {
      const late = () => this.isReady || fail(new HostError("engine", "a thread did not start in time", "no-worker"));
      const timer = setTimeout(late, this.#patience);
      const fail = (failure: HostError) => {
        clearTimeout(timer);
        this.#fail(failure);
        reject(this.#failure);
      };
      const onMessage = (message: unknown) => {
        if (isFailure(message)) fail(notStarted(decodeError(message.error)));
        if (!this.isReady) return;
        clearTimeout(timer);
        resolve();
      };
      try {
        for (let thread = 1; thread < threads; thread++) {
          const handle = source.start({ onMessage, onEnd: (reason) => fail(lost(thread, reason)) });
          this.#handles.push(handle);
          handle.post({ type: "start", modules, memory, control, thread, threads, spins });
        }
      } catch (error) {
        fail(notStarted(error));
      }
    });
  }

  /** True once all workers have started; known at once, also while the calling thread never rests. */
  get isReady(): boolean {
    return this.#control.isReady;
  }

  /** Reason why nothing can run any more; undefined while all is well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** A function that runs a tape on all threads; the first run tells them the tape. */
  together(tape: Tape): () => void {
    let shared: SharedTape | undefined;
    return () => {
      shared ??= this.#share(tape);
      this.#runShared(shared);
    };
  }

  /**
   * A function that runs a tape on all threads or on the calling one, whichever is faster; until all threads have
   * started, it runs on the calling one.
   */
  tuned(tape: Tape, alone: () => void): () => void {
    const tuner = new Tuner([alone, this.together(tape)]);
    return () => (this.isReady && this.#failure === undefined ? tuner.run() : alone());
  }

  #share(tape: Tape): SharedTape {
    const id = this.#tapes++;
    const cut = cutByParts(tape);
    const { operations, chunk, turnArea } = cut;
    this.#post({ type: "tape", id, operations, chunk, turnArea });
    return { id, program: programOf(this.#kernels, cut, 0, this.threads) };
  }

  /**
   * Runs a tape on all threads. All must have started, and none have failed.
   *
   * @throws KernelError if a kernel traps, HostError if a thread is lost; nothing runs after that
   */
  #runShared({ id, program }: SharedTape): void {
    const began = performance.now();
    this.#control.announce(id);
    for (const phase of program) {
      this.#runPhase(phase);
      this.#meet(began);
    }
  }

  /** Ends all workers; later runs throw `reason`. */
  dispose(reason: Error): void {
    this.#failure ??= reason;
    this.#end();
  }

  #post(message: ThreadMessage): void {
    for (const handle of this.#handles) handle.post(message);
  }

  #runPhase(phase: Phase): void {
    try {
      runPhase(phase);
    } catch (error) {
      this.#control.fail(failureText(0, error));
    }
  }

  #meet(began: number): void {
    const control = this.#control;
    const { generation } = control;
    if (!control.hasFailed) {
      control.arrive(0);
      if (!control.awaitBarrier(generation, lookEvery(this.#patience)))
        this.#watch(generation, performance.now() - began);
    }
    if (control.hasFailed) this.#throw(this.#failure ?? failureOf(control.failure));
  }

  /** Waits for threads that are late, as long as one of them makes progress. */
  #watch(generation: number, own: number): void {
    const control = this.#control;
    const watchdog = new Watchdog(control.progressSum);
    // The wait so far was the first look.
    while (!watchdog.isLost(control.progressSum)) {
      if (control.awaitBarrier(generation, lookEvery(this.#patience, own))) return;
    }
    const { missing } = control;
    const who = missing.length > 0 ? `thread ${missing.join(", ")}` : "a thread";
    this.#throw(new HostError("engine", `${who} does not answer`, "lost-worker"));
  }

  #throw(failure: Error): never {
    this.#fail(failure);
    throw this.#failure;
  }

  #fail(failure: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#control.fail(failure.message);
    this.#end();
  }

  #end(): void {
    this.#control.announce(STOP);
    for (const handle of this.#handles) handle.terminate();
    this.#handles = [];
  }
}

function isFailure(message: unknown): message is Extract<ThreadAnswer, { readonly type: "failed" }> {
  return isRecord(message) && message.type === "failed";
}

function notStarted(cause: unknown): HostError {
  return new HostError("engine", `a thread did not start: ${reasonOf(cause)}`, "no-worker", { cause });
}

function lost(thread: number, reason: string): HostError {
  return new HostError("engine", `thread ${thread} is lost: ${reason}`, "lost-worker");
}
