import type { Network } from "../model/network.ts";
import type * as Predict from "./predict.ts";

/**
 * Predicts with the weights of the moment of the call, although the code that predicts may have to be loaded first: no step comes between.
 *
 * @param work what is wanted of the functions that predict
 */
export function predicting<T>(
  network: Network,
  work: (functions: typeof Predict, network: Network) => Promise<T>,
): Promise<T> {
  return network.turns.read(async () => work(await import("./predict.ts"), network));
}
