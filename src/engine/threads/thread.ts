// A worker of an engine; the same in Node and in browsers.

import { type ErrorRecord, encodeError } from "../../error-records.ts";
import { KernelError, reasonOf } from "../../errors.ts";
import type { Kernels } from "../kernels.ts";
import { extraRows } from "../operands/extra.ts";
import { addRows } from "../operands.ts";
import type { TurnArea } from "../plan.ts";
import { type Phase, programOf, runPhase, type Watcher } from "../program.ts";
import type { Operation } from "../tape.ts";
import { instantiateShared } from "../wasm.ts";
import { Control, STOP } from "./control.ts";

/** The first message to a worker: kernels and memory to compute with. */
export interface StartMessage {
  readonly type: "start";
  /** Compiled files of kernels. */
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Its number, from 1; the calling thread is 0. */
  readonly thread: number;
  readonly threads: number;
  readonly spins: boolean;
}

/** A tape that will be announced by its number. */
export interface TapeMessage {
  readonly type: "tape";
  readonly id: number;
  readonly operations: readonly Operation[];
  readonly chunk: number;
  readonly turnArea: TurnArea | undefined;
}

export type ThreadMessage = StartMessage | TapeMessage;

/** A worker's answer to `start`. */
export type ThreadAnswer = { readonly type: "ready" } | { readonly type: "failed"; readonly error: ErrorRecord };

/**
 * Handles the messages to a worker. While it waits for tapes it blocks: it returns to its messages when a tape is
 * announced that it does not know.
 */
export function createThread(answer: (message: ThreadAnswer) => void): (message: ThreadMessage) => void {
  let thread: Thread | undefined;
  return (message) => {
    if (message.type === "start") {
      try {
        thread = new Thread(message);
      } catch (error) {
        answer({ type: "failed", error: encodeError(error) });
        return;
      }
      answer({ type: "ready" });
    } else {
      thread?.learn(message);
    }
    thread?.serve();
  };
}

/** A worker of an engine. */
class Thread implements Watcher {
  readonly #kernels: Kernels;
  readonly #control: Control;
  readonly #thread: number;
  readonly #programs = new Map<number, readonly Phase[]>();
  /** Number of announcements that were followed. */
  #sequence = 0;

  constructor({ modules, memory, control, thread, threads, spins }: StartMessage) {
    // A worker has no layers, which bring the rows of their kernels.
    addRows(extraRows());
    this.#kernels = instantiateShared(modules, memory);
    this.#control = new Control(control, threads, spins);
    this.#thread = thread;
    this.#control.ready();
  }

  learn(tape: TapeMessage): void {
    this.#programs.set(tape.id, programOf(this.#kernels, tape, this.#thread, this.#control.threads));
  }

  /** Runs announced tapes, until the end is announced, or a tape that has yet to come as a message. */
  serve(): void {
    for (;;) {
      const id = this.#control.awaitTape(this.#sequence);
      const program = this.#programs.get(id);
      if (id === STOP || program === undefined) return;
      this.#sequence = (this.#sequence + 1) | 0;
      this.#run(program);
    }
  }

  #run(program: readonly Phase[]): void {
    const control = this.#control;
    for (let i = 0; i < program.length; i++) {
      if (i > 0 && !control.meet(this.#thread)) return;
      if (!this.#runPhase(program[i])) return;
    }
    // The calling thread waits for the last barrier; here it is enough to arrive there.
    control.arrive(this.#thread);
  }

  calling(): void {
    this.#control.progress(this.#thread);
  }

  #runPhase(phase: Phase): boolean {
    try {
      runPhase(phase, this);
      return true;
    } catch (error) {
      this.#control.fail(failureText(this.#thread, error));
      return false;
    }
  }
}

/** Separates the parts of a failure's text. */
const SEPARATOR = "\0";

/** The failure of a kernel on a thread as the text that the others find in memory. */
export function failureText(thread: number, error: unknown): string {
  const { kernel, layer } = error instanceof KernelError ? error : { kernel: "", layer: "" };
  const reason = reasonOf(error instanceof KernelError ? error.cause : error);
  return [thread, kernel, layer, reason].join(SEPARATOR);
}

/** The error that such a text tells of. */
export function failureOf(text: string): KernelError {
  const [thread, kernel, layer, ...reason] = text.split(SEPARATOR);
  return new KernelError(kernel, layer, reason.join(SEPARATOR), Number(thread));
}
