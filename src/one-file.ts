/**
 * convasm as one file for pages without a bundler. `scripts/build-browser.js` makes a function of all of it: the page calls
 * it and has the library, and its text is the program of the workers, so that no code is there twice.
 *
 * @module
 */

import { setHdf5Resolver } from "./data/read/hdf5-library.onefile.ts";
import { serveWorker } from "./worker/serve.ts";
import { setWorkerSource } from "./worker/start.ts";

export * from "./index.ts";

const BLOCKED =
  "its script could not be loaded: the page's Content Security Policy must allow blob: as worker-src, " +
  "or the page take browser/convasm.js, which has the worker as a file";

/**
 * Called first, in the page and in each of its workers.
 *
 * @param program the text of a script that calls it in a worker
 * @param meta `import.meta` of the page's module, undefined in a worker: the workers are classic ones, as pages of no origin,
 *   such as sandboxed frames, can't start others from a text
 */
export function start(program: string, isWorker: boolean, meta: ImportMeta | undefined): void {
  let url: string | undefined;
  setWorkerSource(() => {
    url ??= URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    return new Worker(url, { name: "convasm" });
  }, BLOCKED);
  if (meta !== undefined) setHdf5Resolver((name) => meta.resolve(name));
  if (isWorker) serveWorker();
}
