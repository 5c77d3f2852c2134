import { HostError } from "../errors.ts";

/** Stands in place of `worker-file.ts` in builds that start their workers otherwise. */
export function workerFile(): Worker {
  throw new HostError("worker", "expected setWorkerSource to be called first, got no call", "no-worker");
}

export const WORKER_ADVICE =
  "its script could not be loaded: it must be where setWorkerSource says, and the page's Content Security Policy must " +
  "allow it as worker-src";
