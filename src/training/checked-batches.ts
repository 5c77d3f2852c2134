import type { AnyDataset } from "../data/dataset.ts";
import { type BatchReader, type HeldImages, readBatches } from "../data/read-batches.ts";
import type { Network } from "../model/network.ts";
import { checkData } from "./check-data.ts";

/** The images of a data set for a network, batch by batch; labels or targets that come with them are checked then. */
export function checkedBatches(network: Network, data: AnyDataset, indices: Uint32Array | undefined): BatchReader {
  const read = readBatches(data, indices, network.batchSize);
  if (data.labels !== undefined || data.targets !== undefined) return read;
  const checked = (held: HeldImages) => {
    checkData(network, held.data, "read");
    return held;
  };
  return (begin, n) => {
    const held = read(begin, n);
    return held instanceof Promise ? held.then(checked) : checked(held);
  };
}
