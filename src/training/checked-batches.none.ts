import type { Dataset } from "../data/dataset.ts";
import { type BatchReader, readBatches } from "../data/read-batches.ts";
import type { Network } from "../model/network.ts";

/** Gives batches of data in memory, which was checked. */
export function checkedBatches(network: Network, data: Dataset, indices: Uint32Array | undefined): BatchReader {
  return readBatches(data, indices, network.batchSize);
}
