import { Worker, workerData } from "node:worker_threads";

/** In place of `worker-program.packed.ts` in the program itself, which was given its own text. */
export function startNodeWorker(name: string): Worker {
  return new Worker(workerData, { eval: true, execArgv: [], name, workerData });
}
