import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../model/network.ts";
import { RandomStream } from "../numeric/random.ts";
import type { WeightAverage } from "./averaging.ts";
import { drawSample } from "./sampling.ts";
import { updateStatistics } from "./statistics.ts";

/**
 * Puts the averaged weights in place of those of the last step, where there is an average, once nobody reads the network, and returns a function that
 * undoes it. Where running statistics are to be taken anew, that is over the same images each time.
 *
 * @throws the signal's reason if that aborts; then nothing has changed
 */
export async function useAverage(
  average: WeightAverage | undefined,
  network: Network,
  data: Dataset,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  if (average?.values === undefined) return () => {};
  const { turns } = network;
  await turns.undisturbed();
  turns.weights = "changing";
  try {
    const undo = await putAverage(average, average.values, network, data, seed, signal);
    turns.weights = "averaged";
    return undo;
  } catch (error) {
    turns.weights = "own";
    throw error;
  }
}

async function putAverage(
  average: WeightAverage,
  averaged: Float32Array | Float64Array,
  network: Network,
  data: Dataset,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  const { offset, count } = network.parameters.moving;
  const own = network.view(offset, count).slice();
  const put = (values: Float32Array | Float64Array) => {
    network.engine.heap.set(values, offset);
    network.parametersChanged();
  };
  put(averaged);
  const images = Math.min(average.plan.statisticsImages, data.length);
  if (images > 0) {
    try {
      const indices = drawSample(data.length, images, RandomStream.from(seed, "statistics"));
      await updateStatistics(network, data, indices, signal);
    } catch (error) {
      put(own);
      throw error;
    }
  }
  return () => put(own);
}
