import { type StartWorker, setSessionSource } from "../worker/session-source.ts";
import { startNodeWorker } from "./worker-program.ts";

/**
 * Starts workers for sessions in Node. They keep the program running as long as a call or a run is under way.
 *
 * @param program the worker's file; default: the package's own
 */
export function nodeSessions(program?: URL): StartWorker {
  return ({ onMessage, onEnd }) => {
    const worker = startNodeWorker("convasm session", program);
    worker.on("message", onMessage);
    worker.on("error", (error) => onEnd(error.message));
    worker.on("messageerror", (error) => onEnd(error.message));
    worker.on("exit", (code) => onEnd(`it ended with code ${code}`));
    return {
      post: (message, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer),
      terminate: () => void worker.terminate(),
      keepAlive: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
    };
  };
}

/** Lets sessions run on Node's worker threads. */
export function useNodeSessions(): void {
  setSessionSource(nodeSessions());
}
