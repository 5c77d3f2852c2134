import { startWorker, type WorkerEvents, type WorkerHandle } from "./start.ts";

/** A host's way to start a worker that can hold a session. */
export type StartWorker = (events: WorkerEvents) => WorkerHandle;

let start: StartWorker = startWorker;

/** Replaces the way in which sessions' workers are started: Node has workers of its own. */
export function setSessionSource(replacement: StartWorker): void {
  start = replacement;
}

/** Starts a worker that can hold a session. */
export function startSessionWorker(events: WorkerEvents): WorkerHandle {
  return start(events);
}
