import { Worker } from "node:worker_threads";
import { type StartWorker, setSessionSource } from "../worker/session-source.ts";

/**
 * How Node starts workers for sessions. They keep the program running until they are ended.
 *
 * @param program the worker's file; the package's own unless said
 */
export function nodeSessions(program = new URL("./session-worker.js", import.meta.url)): StartWorker {
  return ({ onMessage, onEnd }) => {
    // Without the loaders and preloads of the main program, of which a worker has no need.
    const worker = new Worker(program, { execArgv: [], name: "convasm session" });
    worker.on("message", onMessage);
    worker.on("error", (error) => onEnd(error.message));
    worker.on("messageerror", (error) => onEnd(error.message));
    worker.on("exit", (code) => onEnd(`it ended with code ${code}`));
    return {
      post: (message, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer),
      terminate: () => void worker.terminate(),
    };
  };
}

/** Lets sessions run on Node's worker threads. */
export function useNodeSessions(): void {
  setSessionSource(nodeSessions());
}
