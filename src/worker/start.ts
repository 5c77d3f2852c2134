/**
 * How a page starts workers: engines for their threads, sessions for the models in them. It is one program for both, told
 * what it is by its first message.
 *
 * @module
 */

import { workerFile } from "./worker-file.ts";

/** A running worker, as the page sees it. */
export interface WorkerHandle {
  /** @param transfer what the worker gets instead of a copy */
  post(message: unknown, transfer?: Transferable[]): void;
  /** Ends it, whatever it does. */
  terminate(): void;
}

/** What a worker tells the page. */
export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** It was lost, or will never start. */
  onEnd(reason: string): void;
}

/** Makes a worker that runs `convasm/worker`. */
export type WorkerSource = () => Worker;

let source: WorkerSource = workerFile;

/**
 * Replaces how workers are started.
 *
 * @example
 * // With a bundler that makes no file of `new URL`: give it "convasm/worker" as an entry point of its own, and say where it is.
 * setWorkerSource(() => new Worker("/assets/convasm-worker.js", { type: "module" }));
 */
export function setWorkerSource(replacement: WorkerSource): void {
  source = replacement;
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
    onEnd(event.message || (isHeard ? "it failed without a message" : NO_SCRIPT));
  };
  worker.onmessageerror = () => onEnd("a message from it could not be read");
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}

const NO_SCRIPT =
  "its script could not be loaded: the page's bundler must make a file of convasm/worker (see setWorkerSource), " +
  "its server must have that file, and its Content Security Policy must allow it as worker-src";
