import type { Augment } from "../data/augment.ts";
import type { ImageShape } from "../data/pixels.ts";
import { writeTransform } from "../data/transform.ts";
import { TRANSFORM_FLOATS } from "../engine/kernel-sizes.ts";
import { RandomStream } from "../numeric/random.ts";
import type { Batch } from "./batch.ts";

/** The numbers that a batch's transforms follow from: epoch and step are counted from 0. */
export interface TransformPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly step: number;
  readonly indices: Uint32Array;
  readonly shape: ImageShape;
}

/**
 * The transform of each image of a batch: it depends on its place in the batch, and for alternating flips on the image.
 */
export function transformsOf(
  augment: Augment,
  { seed, epoch, step, indices, shape }: TransformPlace,
): NonNullable<Batch["writeTransforms"]> {
  const stream = RandomStream.from(seed, "augment").child(step);
  const flips = RandomStream.from(seed, "alternating flips");
  return (target, begin, n) => {
    for (let i = 0; i < n; i++) {
      const place = begin + i;
      const turn = (flips.bits(indices[place]) + epoch) % 2 === 1;
      writeTransform(target, i * TRANSFORM_FLOATS, augment, shape, stream, place, turn);
    }
  };
}
