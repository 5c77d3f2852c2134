/**
 * Threads of engines that golden tests make by the hundred: a worker whose engine is disposed of serves the next one. They
 * keep what work is theirs, so that tests see whether it is really cut.
 *
 * @module
 */

import { type Operation, sliceOf } from "../../src/engine/tape.ts";
import { setThreadSource } from "../../src/engine/threads/source.ts";
import { threadSource } from "../../src/engine/threads/start.ts";
import type { ThreadMessage } from "../../src/engine/threads/thread.ts";
import type { WorkerEvents, WorkerHandle } from "../../src/worker/start.ts";

/** The source that the tests' setup put in. */
const real = threadSource();

/** A running worker, and whom its messages go to. */
interface SharedWorker {
  readonly handle: WorkerHandle;
  events: WorkerEvents;
}

const free: SharedWorker[] = [];

const started = (events: WorkerEvents): SharedWorker => {
  const worker: SharedWorker = {
    events,
    handle: real.start({
      onMessage: (message) => worker.events.onMessage(message),
      onEnd: (reason) => worker.events.onEnd(reason),
    }),
  };
  return worker;
};

/** The tapes that threads were told of since the last call of `toldCalls`. */
let told: (readonly Operation[])[] = [];

/** Lets all engines have threads that serve one engine after another. */
export function shareThreads(): void {
  setThreadSource({
    cores: real.cores,
    // A test machine may keep a thread waiting for longer than users should.
    patience: 60_000,
    start(events) {
      const worker = free.pop() ?? started(events);
      worker.events = events;
      return {
        post(message: ThreadMessage) {
          if (message.type === "tape") told.push(message.operations);
          worker.handle.post(message);
        },
        // The engine has announced the end before, after which a worker takes the next engine's messages.
        terminate: () => void free.push(worker),
      };
    },
  });
}

/** The calls over samples of the tapes that threads were told of since the last call of this function. */
export function toldCalls(): readonly Operation[] {
  const calls = told.flat().filter(({ axis }) => axis === "sample" || axis === "batch");
  told = [];
  return calls;
}

/** True if both of two threads have a part of a call. */
export function isCut(operation: Operation): boolean {
  return [0, 1].every((thread) => {
    const [begin, end] = sliceOf(operation, thread, 2);
    return begin < end;
  });
}
