import { HostError } from "../../errors.ts";
import type { WorkerEvents, WorkerHandle } from "../../worker/start.ts";

/** A running worker of an engine. */
export type ThreadHandle = WorkerHandle;

/** Events of a worker: messages are the answers of `createThread`. */
export type ThreadEvents = WorkerEvents;

/** A host's way to start threads. */
export interface ThreadSource {
  /** Number of cores that this program may use. */
  cores(): number;
  /** Starts a worker that passes its messages to the function that `createThread`, or `createReplica`, returns. */
  start(events: ThreadEvents): ThreadHandle;
  /** Milliseconds without progress after which a thread counts as lost. Default 10,000. */
  readonly patience?: number;
}

let source: ThreadSource | undefined;

/** Replaces the way in which threads are started: Node has workers of its own. */
export function setThreadSource(replacement: ThreadSource): void {
  source = replacement;
}

/** The way that was set; undefined in browsers, whose own is in `start.ts`, so that pages without threads do without it. */
export function givenSource(): ThreadSource | undefined {
  return source;
}

/** Number of cores that this program may use. */
export function coreCount(): number {
  return source === undefined ? navigator.hardwareConcurrency : source.cores();
}

/** Reason why this host cannot run threads here and now; undefined where it can. */
export function threadsObstacle(): string | undefined {
  if (typeof SharedArrayBuffer === "undefined") {
    return "memory cannot be shared here: in a page, that takes cross-origin isolation";
  }
  if (source === undefined && typeof Worker === "undefined") return "there are no workers here";
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
  } catch {
    return "this thread must not wait for others: in a page, train in a worker";
  }
  return undefined;
}

/** Largest number of threads with `auto`: small networks do not gain from more. */
const AUTO_MOST = 8;

/** Largest number of threads that may be asked for. */
export const MOST_THREADS = 64;

/** Number of an engine's threads. */
export interface ThreadChoice {
  readonly threads: number;
  /** Reason for fewer threads than were asked for, or than the machine has cores. */
  readonly reason: string | undefined;
}

/**
 * Chooses the number of threads.
 *
 * @param wanted a number, or `"auto"`: one for each core, up to 8
 * @param single reason why this engine runs on one thread only, if it does
 * @throws RangeError for more than one where there is only one
 */
export function chooseThreads(wanted: number | "auto", single: string | undefined): ThreadChoice {
  if (wanted === 1) return { threads: 1, reason: undefined };
  if (single !== undefined) {
    if (wanted !== "auto")
      throw new HostError("threads", `expected 1 or auto, as ${single}, got ${wanted}`, "no-threads");
    return { threads: 1, reason: single };
  }
  const reason = threadsObstacle();
  if (reason !== undefined) return { threads: 1, reason };
  if (wanted !== "auto") return { threads: wanted, reason: undefined };
  const cores = coreCount();
  return cores > 1
    ? { threads: Math.min(cores, AUTO_MOST), reason: undefined }
    : { threads: 1, reason: "this machine has one core" };
}
