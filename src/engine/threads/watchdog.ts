import { threadSource } from "./start.ts";

/** Milliseconds without progress after which a worker counts as lost, unless the host says otherwise. */
const PATIENCE = 10_000;

/** Factor of the waiting thread's own time for which others may be late: a busy machine may keep them from running. */
const SLACK = 10;

/** Looks at silent workers before they count as lost: a machine that slept for hours has missed only one of them. */
const LOOKS = 8;

/** Milliseconds without progress after which a worker counts as lost on this host. */
export function patienceOfHost(): number {
  return threadSource().patience ?? PATIENCE;
}

/**
 * Milliseconds between two looks at workers that somebody waits for.
 *
 * @param own milliseconds that the waiting thread needed for its own part
 */
export function lookEvery(patience: number, own = 0): number {
  return (patience + SLACK * own) / LOOKS;
}

/** Counts looks at workers that somebody waits for, and tells when they are to be given up: after some without progress. */
export class Watchdog {
  #progress: number;
  #silent = 0;

  /** @param progress any number that moves on as long as one of them makes progress */
  constructor(progress: number) {
    this.#progress = progress;
  }

  /** Takes a look, `lookEvery` milliseconds after the one before. Returns whether the workers count as lost. */
  isLost(progress: number): boolean {
    this.#silent = progress === this.#progress ? this.#silent + 1 : 0;
    this.#progress = progress;
    return this.#silent >= LOOKS;
  }
}
