/** In place of `worker-file.ts` where the build itself says how its workers are started. */
export function workerFile(): Worker {
  throw new Error("worker: expected setWorkerSource to be called first, got no call");
}

export const WORKER_ADVICE =
  "its script could not be loaded: it must be where setWorkerSource says, and the page's Content Security Policy must " +
  "allow it as worker-src";
