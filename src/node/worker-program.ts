import { Worker } from "node:worker_threads";

/**
 * Starts a worker from the program beside this file. The build for bundlers has `worker-program.packed.ts` in place of
 * this.
 *
 * @param name shown by debuggers
 * @param program the worker's file; default: the package's own
 */
export function startNodeWorker(name: string, program = new URL("./worker.js", import.meta.url)): Worker {
  // Without the loaders and preloads of the main program, which a worker does not need.
  return new Worker(program, { execArgv: [], name });
}
