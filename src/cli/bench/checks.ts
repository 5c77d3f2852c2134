import { Worker } from "node:worker_threads";
import type { BenchOptions } from "./plan.ts";

/**
 * Checks everything that the options ask for against float64, in a thread of its own.
 *
 * @param onCheck called with the name of what is being checked
 * @throws Error naming what is wrong; the signal's reason if it aborts
 */
export async function runChecks(
  options: BenchOptions,
  onCheck: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./check-worker.js", import.meta.url), { workerData: options });
  const stop = () => worker.terminate();
  signal.addEventListener("abort", stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", onCheck);
      worker.on("error", reject);
      worker.on("exit", () => resolve());
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
}
