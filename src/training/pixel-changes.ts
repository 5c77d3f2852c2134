/**
 * Random changes of the pixels of training images, before these are moved: they are made here, not in kernels, so that all engines train on the
 * same numbers.
 *
 * @module
 */

import type { Augment } from "../data/augment.ts";
import { type Dataset, imageSize, takeDataset } from "../data/dataset.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch } from "./batch.ts";
import { jitterColours } from "./colours.ts";
import { randAugment } from "./rand-augment.ts";
import { eraseRandomly } from "./random-erasing.ts";

/** The numbers that the changes of a batch follow from: the step is counted from 0. */
interface ChangePlace {
  readonly seed: number;
  readonly step: number;
}

/** A batch whose images have random changes of RandAugment, of colours, and boxes that are erased, in this order: a data set of its own. */
export function changedBatch(
  augment: Augment,
  { data, indices }: Pick<Batch, "data" | "indices">,
  { seed, step }: ChangePlace,
): Pick<Batch, "data" | "indices"> {
  const streams = ["colours", "rand augment", "erasing"].map((name) => RandomStream.from(seed, name).child(step));
  const own = takeDataset(data, indices);
  const images = Float32Array.from(own.images);
  const size = imageSize(own);
  for (let i = 0; i < indices.length; i++) {
    const pixels = images.subarray(i * size, (i + 1) * size);
    const [colours, chosen, erasing] = streams.map((stream) => stream.child(i));
    randAugment(pixels, augment.randAugment, own.shape, chosen);
    jitterColours(pixels, augment, own.shape, colours);
    eraseRandomly(pixels, augment.randomErasing, own.shape, erasing);
  }
  const dataset: Dataset = { ...own, images };
  return { data: dataset, indices: Uint32Array.from(indices.keys()) };
}
