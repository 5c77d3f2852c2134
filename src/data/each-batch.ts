import { type AnyDataset, type Dataset, imageSize } from "./dataset.ts";
import type { Pixels } from "./pixels.ts";
import { readBatches } from "./read-batches.ts";

/** Images of a data set that follow each other, in memory. */
export interface ImageRun {
  /** Places of the first image, and of the one after the last. */
  readonly begin: number;
  readonly end: number;
  /** Their pixels, `[end - begin, h, w, c]`. */
  readonly pixels: Pixels;
  /** The data set that holds them: all of one in memory, those alone of a streamed one. */
  readonly data: Dataset;
}

/**
 * All images of a data set in order, some at a time; those of a streamed one are read.
 *
 * @param size images of a run; the last one may be shorter
 * @param signal ends the work before the next run; its reason is thrown
 */
export async function* eachBatch(data: AnyDataset, size: number, signal?: AbortSignal): AsyncGenerator<ImageRun> {
  const { length } = data;
  const width = imageSize(data);
  const read = readBatches(data, undefined, size);
  for (let begin = 0; begin < length; begin += size) {
    signal?.throwIfAborted();
    const end = Math.min(begin + size, length);
    const held = await read(begin, end - begin);
    const pixels = held.data.images.subarray(held.begin * width, (held.begin + end - begin) * width);
    yield { begin, end, pixels, data: held.data };
  }
}
