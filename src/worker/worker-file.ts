/**
 * Starts a worker from the program beside this file. Vite, webpack and Turbopack look for exactly this expression, and make a
 * file of the program: it is one that is already put together (`scripts/build-browser.js`), without HDF5's library, which
 * Vite would put into it.
 *
 * Builds that start workers otherwise have `worker-file.given.ts` in place of this.
 */
export function workerFile(): Worker {
  return new Worker(new URL("./browser-worker.js", import.meta.url), { type: "module", name: "convasm" });
}

/** The advice where the script of a worker could not be loaded. */
export const WORKER_ADVICE =
  "its script could not be loaded: the page's bundler must make a file of convasm/worker (see setWorkerSource), " +
  "its server must have that file, and its Content Security Policy must allow it as worker-src";
