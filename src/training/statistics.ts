import type { AnyDataset } from "../data/dataset.ts";
import { readBatches } from "../data/read-batches.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Network } from "../model/network.ts";

/**
 * Takes the running statistics of normalisation layers anew: the mean, over batches of the images, of each batch's own mean
 * and unbiased variance, as after weight averaging (Izmailov et al., 2018; PyTorch's `update_bn` without momentum, and
 * without dropout). Images that fill no whole batch are left out, unless there is no whole one.
 *
 * @param indices the images
 */
export async function updateStatistics(
  network: Network,
  data: AnyDataset,
  indices: Uint32Array,
  signal?: AbortSignal,
): Promise<void> {
  const statistics = network.parameters.list.filter(({ spec }) => spec.role === "statistic" && !spec.frozen);
  if (statistics.length === 0) return;
  const size = Math.min(network.batchSize, indices.length);
  const batches = Math.floor(indices.length / size);
  const sums = statistics.map(({ value }) => new Float64Array(value.size));
  const read = readBatches(data, indices, size);
  const slice = new TimeSlice();
  for (let batch = 0; batch < batches; batch++) {
    signal?.throwIfAborted();
    const held = read(batch * size, size);
    const some = held instanceof Promise ? await held : held;
    network.stageImages(some.data.images, size, some.begin, some.indices);
    network.evaluate(size, "calibration", false);
    statistics.forEach(({ value }, i) => {
      const values = network.view(value.offset, value.size);
      for (let j = 0; j < value.size; j++) sums[i][j] += values[j];
    });
    await slice.yieldIfOver();
  }
  statistics.forEach(({ value }, i) => {
    network.engine.heap.set(
      sums[i].map((sum) => sum / batches),
      value.offset,
    );
  });
  network.parametersChanged();
}
