import type { AnyDataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { updateStatistics } from "./statistics.ts";

/** The images over which running statistics are taken anew; without any the average has its own. */
export interface StatisticsImages {
  readonly data: AnyDataset;
  readonly indices: Uint32Array;
}

/**
 * Puts averaged weights in place of those of the last step, once nobody reads the network, and returns a function that undoes
 * it.
 *
 * @throws the signal's reason if that aborts; then nothing has changed
 */
export async function useAverage(
  averaged: Float32Array | Float64Array,
  network: Network,
  images: StatisticsImages,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  const { turns } = network;
  await turns.undisturbed();
  turns.weights = "changing";
  try {
    const undo = await putAverage(averaged, network, images, signal);
    turns.weights = "averaged";
    return undo;
  } catch (error) {
    turns.weights = "own";
    throw error;
  }
}

async function putAverage(
  averaged: Float32Array | Float64Array,
  network: Network,
  { data, indices }: StatisticsImages,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  const { offset, count } = network.parameters.moving;
  const own = network.view(offset, count).slice();
  const put = (values: Float32Array | Float64Array) => {
    network.engine.heap.set(values, offset);
    network.parametersChanged();
  };
  put(averaged);
  if (indices.length > 0) {
    try {
      await updateStatistics(network, data, indices, signal);
    } catch (error) {
      put(own);
      throw error;
    }
  }
  return () => put(own);
}
