/**
 * Starting of workers from pages: engines start their threads, sessions the worker of their models. All run one
 * program, whose first message decides its role.
 *
 * @module
 */

import { WORKER_ADVICE, workerFile } from "./worker-file.ts";

/** A running worker, for the page. */
export interface WorkerHandle {
  /** @param transfer what the worker gets instead of a copy */
  post(message: unknown, transfer?: Transferable[]): void;
  /** Ends it, whatever it does. */
  terminate(): void;
  /** Says whether the program has to wait for it, on hosts where programs end by themselves. */
  keepAlive?(isNeeded: boolean): void;
}

/** Events of a worker. */
export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** Called when the worker is lost, or will never start. */
  onEnd(reason: string): void;
}

/** Makes a worker that runs `convasm/worker`. */
export type WorkerSource = () => Worker;

let source: WorkerSource = workerFile;
let advice = WORKER_ADVICE;

/**
 * Replaces the way in which workers are started.
 *
 * @param whatToDo advice if the worker's script cannot be loaded; default: to look for the file and at the page's
 *   policy
 * @example
 * // With a bundler that makes no file of `new URL`: give it "convasm/worker" as an entry point of its own, and say where it is.
 * setWorkerSource(() => new Worker("/assets/convasm-worker.js", { type: "module" }));
 */
export function setWorkerSource(replacement: WorkerSource, whatToDo = WORKER_ADVICE): void {
  source = replacement;
  advice = whatToDo;
}

/**
 * Starts a worker.
 *
 * @throws Error if the page may not have one, such as by its Content Security Policy
 */
export function startWorker({ onMessage, onEnd }: WorkerEvents): WorkerHandle {
  const worker = source();
  let isHeard = false;
  worker.onmessage = ({ data }) => {
    isHeard = true;
    onMessage(data);
  };
  // A file that is missing or forbidden is an event without a message.
  worker.onerror = (event) => {
    event.preventDefault();
    onEnd(event.message || (isHeard ? "it failed without a message" : advice));
  };
  worker.onmessageerror = () => onEnd("a message from it could not be read");
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}
