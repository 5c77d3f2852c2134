import { Worker } from "node:worker_threads";

/**
 * Starts a worker from the program beside this file. The build for bundlers has `worker-program.packed.ts` in place of this.
 *
 * @param name for people, such as in a debugger
 * @param program the worker's file; the package's own unless said
 */
export function startNodeWorker(name: string, program = new URL("./worker.js", import.meta.url)): Worker {
  // Without the loaders and preloads of the main program, of which a worker has no need.
  return new Worker(program, { execArgv: [], name });
}
