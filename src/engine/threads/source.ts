import { startWorker, type WorkerEvents, type WorkerHandle } from "../../worker/start.ts";

/** A running worker, as the engine sees it. */
export type ThreadHandle = WorkerHandle;

/** What a worker tells the engine: messages are those that `createThread` answered with. */
export type ThreadEvents = WorkerEvents;

/** How a host runs threads. */
export interface ThreadSource {
  /** Cores that this program may use. */
  cores(): number;
  /** Starts a worker whose messages go to the function that `createThread` makes, or `createReplica`. */
  start(events: ThreadEvents): ThreadHandle;
  /** Milliseconds without any sign of life after which a thread counts as dead. Default 10,000. */
  readonly patience?: number;
}

const browserThreads: ThreadSource = {
  cores: () => navigator.hardwareConcurrency,
  start: startWorker,
};

let source: ThreadSource | undefined;

/** Replaces how threads are started: Node has workers of its own. */
export function setThreadSource(replacement: ThreadSource): void {
  source = replacement;
}

/** How this host runs threads. */
export function threadSource(): ThreadSource {
  return source ?? browserThreads;
}

/** Why this host cannot run threads here and now; undefined where it can. */
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

/** Threads that `auto` takes at most: small networks have no use for more. */
const AUTO_MOST = 8;

/** Threads that may be asked for at most. */
export const MOST_THREADS = 64;

/** How many threads an engine gets. */
export interface ThreadChoice {
  readonly threads: number;
  /** Why there are fewer than were asked for, or than the machine has cores. */
  readonly reason: string | undefined;
}

/**
 * How many threads there will be.
 *
 * @param wanted as many as asked for, or `"auto"`: one for each core, up to 8
 * @param single why this engine runs on one thread only, if it does
 * @throws TypeError, RangeError for a number that cannot be, or more than one where there is only one
 */
export function chooseThreads(wanted: number | "auto", single: string | undefined): ThreadChoice {
  if (wanted !== "auto" && typeof wanted !== "number") {
    throw new TypeError(`threads: expected a number or auto, got ${typeof wanted}`);
  }
  if (wanted !== "auto" && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_THREADS)) {
    throw new RangeError(`threads: expected auto or a whole number from 1 to ${MOST_THREADS}, got ${wanted}`);
  }
  if (wanted === 1) return { threads: 1, reason: undefined };
  if (single !== undefined) {
    if (wanted !== "auto") throw new RangeError(`threads: expected 1 or auto, as ${single}, got ${wanted}`);
    return { threads: 1, reason: single };
  }
  const reason = threadsObstacle();
  if (reason !== undefined) return { threads: 1, reason };
  if (wanted !== "auto") return { threads: wanted, reason: undefined };
  const cores = threadSource().cores();
  return cores > 1
    ? { threads: Math.min(cores, AUTO_MOST), reason: undefined }
    : { threads: 1, reason: "this machine has one core" };
}
