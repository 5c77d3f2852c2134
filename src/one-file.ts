/**
 * convasm as one file for pages without a bundler. `scripts/build-browser.js` makes a function of all of it: the page calls
 * it and has the library, and its text is the program of the workers, so that no code is there twice.
 *
 * @module
 */

import { serveWorker } from "./worker/serve.ts";
import { setWorkerSource } from "./worker/start.ts";

export * from "./index.ts";

/**
 * Called first, in the page and in each of its workers.
 *
 * @param program the text of a module that calls it in a worker
 */
export function start(program: string, isWorker: boolean): void {
  let url: string | undefined;
  setWorkerSource(() => {
    url ??= URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    return new Worker(url, { type: "module", name: "convasm" });
  });
  if (isWorker) serveWorker();
}
