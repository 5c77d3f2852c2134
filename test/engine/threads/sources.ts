/**
 * Threads that misbehave, and a way to get hold of those that do not.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import { Control } from "../../../src/engine/threads/control.ts";
import { setThreadSource, type ThreadHandle, type ThreadSource } from "../../../src/engine/threads/source.ts";
import { threadSource } from "../../../src/engine/threads/start.ts";
import type { StartMessage, ThreadMessage } from "../../../src/engine/threads/thread.ts";

/** The source that the tests' setup put in. */
const real = threadSource();

/** Lets `work` run with other threads. */
export async function withThreads<T>(source: Partial<ThreadSource>, work: () => Promise<T>): Promise<T> {
  setThreadSource({ cores: real.cores, start: real.start, ...source });
  try {
    return await work();
  } finally {
    setThreadSource(real);
  }
}

/** Real threads whose handles are kept, with a signal of each one's end. */
export function keptThreads(): { source: Partial<ThreadSource>; handles: ThreadHandle[]; ends: Promise<string>[] } {
  const handles: ThreadHandle[] = [];
  const ends: Promise<string>[] = [];
  return {
    handles,
    ends,
    source: {
      patience: 1500,
      start({ onMessage, onEnd }) {
        let ended = (_reason: string) => {};
        ends.push(
          new Promise((resolve) => {
            ended = resolve;
          }),
        );
        const handle = real.start({
          onMessage,
          onEnd(reason) {
            onEnd(reason);
            ended(reason);
          },
        });
        handles.push(handle);
        return handle;
      },
    },
  };
}

/** A thread that is never heard of. */
export const silent: Partial<ThreadSource> = {
  patience: 50,
  start: () => ({ post() {}, terminate() {} }),
};

/** A thread that says it is ready and then does nothing. */
export const idle: Partial<ThreadSource> = {
  patience: 200,
  start: ({ onMessage }) => ({
    post(message: ThreadMessage) {
      if (message.type !== "start") return;
      const { control, threads, spins }: StartMessage = message;
      new Control(control, threads, spins).ready();
      queueMicrotask(() => onMessage({ type: "ready" }));
    },
    terminate() {},
  }),
};

const NODE_THREAD = new URL("../../../dist/node/worker.js", import.meta.url);
const BROWSER_WORKER = new URL("../../../dist/worker/browser-worker.js", import.meta.url);

/** The published thread, in a worker that first runs `sabotage`. */
export function sabotaged(sabotage: string): Partial<ThreadSource> {
  return running(`${sabotage}; await import(${JSON.stringify(NODE_THREAD)});`);
}

/** The thread for browsers, in a worker that has what it needs of a browser's. */
export const browserLike: Partial<ThreadSource> = running(`
  import { parentPort } from "node:worker_threads";
  globalThis.self = { postMessage: (message) => parentPort.postMessage(message) };
  await import(${JSON.stringify(BROWSER_WORKER)});
  parentPort.on("message", (data) => self.onmessage({ data }));`);

function running(program: string): Partial<ThreadSource> {
  const code = `data:text/javascript,${encodeURIComponent(program)}`;
  return {
    patience: 1500,
    start({ onMessage, onEnd }) {
      const worker = new Worker(new URL(code));
      worker.on("message", onMessage);
      worker.on("error", (error) => onEnd(error.message));
      worker.on("exit", (exit) => onEnd(`it ended with code ${exit}`));
      worker.unref();
      return { post: (message) => worker.postMessage(message), terminate: () => void worker.terminate() };
    },
  };
}
