/**
 * Detection of workers that end without a message, such as those that run out of memory or are ended from outside: the
 * worker holds a lock as long as it lives, and the page waits for it.
 *
 * @module
 */

/**
 * Takes a lock for as long as this worker lives.
 *
 * @returns its name; undefined where the browser has no locks, as in pages that came neither by https nor from this machine
 */
export function holdLivenessLock(): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (navigator.locks === undefined) return resolve(undefined);
    const name = `convasm ${crypto.randomUUID()}`;
    const forEver = new Promise<never>(() => {});
    const hold = () => {
      resolve(name);
      return forEver;
    };
    // Pages of no origin, such as sandboxed ones, may not.
    navigator.locks.request(name, hold).catch(() => resolve(undefined));
  });
}

/** Calls back once a worker's lock is free: the worker is gone. */
export function onLivenessLost(lock: string, callback: () => void): void {
  navigator.locks?.request(lock, callback).catch(() => {});
}
