import { Worker, workerData } from "node:worker_threads";

/**
 * Starts a worker from the text that this program was given; stands in place of `worker-program.packed.ts` in the
 * program itself.
 */
export function startNodeWorker(name: string): Worker {
  return new Worker(workerData, { eval: true, execArgv: [], name, workerData });
}
