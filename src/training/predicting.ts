import type { Network } from "../model/network.ts";
import type * as Predict from "./predict.ts";

/**
 * A prediction by the weights of the call, though what predicts is loaded by the first one: no step of a run comes between.
 *
 * @param work what is wanted of the functions that predict
 */
export function predicting<T>(
  network: Network,
  work: (functions: typeof Predict, network: Network) => Promise<T>,
): Promise<T> {
  return network.turns.read(async () => work(await import("./predict.ts"), network));
}
