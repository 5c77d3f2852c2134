/** In place of `worker-file.ts` where the build itself says how its workers are started. */
export function workerFile(): Worker {
  throw new Error("worker: expected setWorkerSource to be called first, got no call");
}
