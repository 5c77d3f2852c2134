import { Worker } from "node:worker_threads";
import { inflateSync } from "node:zlib";
import text from "../../build/node-worker.text.js";

let code: string | undefined;

/** Starts a worker from the text of its program: in bundles, no file lies beside the one that starts it. */
export function startNodeWorker(name: string): Worker {
  code ??= inflateSync(Buffer.from(text, "base64")).toString();
  // The program has no other way to start workers of its own.
  return new Worker(code, { eval: true, execArgv: [], name, workerData: code });
}
