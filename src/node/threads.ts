import { availableParallelism } from "node:os";
import { MessagePort } from "node:worker_threads";
import { setThreadSource, type ThreadSource } from "../engine/threads/source.ts";
import { isArrayBuffer } from "../numeric/array-kinds.ts";
import { startNodeWorker } from "./worker-program.ts";

/**
 * Threads of engines on Node's worker threads.
 *
 * @param program the worker's file; default: the package's own
 */
export function nodeThreads(program?: URL): ThreadSource {
  return {
    cores: availableParallelism,
    start({ onMessage, onEnd }) {
      const worker = startNodeWorker("convasm", program);
      worker.on("message", onMessage);
      worker.on("error", (error) => onEnd(error.message));
      worker.on("exit", (code) => onEnd(`it ended with code ${code}`));
      // An engine that was not disposed keeps no program running.
      worker.unref();
      return {
        post: (message, transfer = []) => worker.postMessage(message, transferable(transfer)),
        terminate: () => void worker.terminate(),
      };
    },
  };
}

/** The objects that Node can transfer, out of those that browsers can. */
export function transferable(transfer: readonly Transferable[]): (ArrayBuffer | MessagePort)[] {
  return transfer.filter((item) => isArrayBuffer(item) || item instanceof MessagePort);
}

/** Lets engines run on Node's worker threads. */
export function useNodeThreads(): void {
  setThreadSource(nodeThreads());
}
