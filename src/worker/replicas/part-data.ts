import { type Dataset, imageSize } from "../../data/dataset.ts";
import { TRANSFORM_FLOATS } from "../../engine/kernel-sizes.ts";
import { isUint8Array } from "../../numeric/array-kinds.ts";
import type { Batch } from "../../training/batch.ts";
import type { PartData } from "./messages.ts";
import type { Part } from "./parts.ts";

/** The parts of a batch that describe its images. */
export type BatchImages = Pick<Batch, "data" | "indices" | "weights" | "softTargets" | "writeTransforms">;

/**
 * Copies the images of a part with their targets and transforms.
 *
 * @param memory for the pixels, where it is large enough
 */
export function copyPart(batch: BatchImages, { begin, end }: Part, memory: ArrayBuffer | undefined): PartData {
  const { data, weights, softTargets, writeTransforms } = batch;
  const { labels, targets, classes } = data;
  const indices = batch.indices.subarray(begin, end);
  const transforms = writeTransforms && new Float32Array(indices.length * TRANSFORM_FLOATS);
  if (transforms !== undefined) writeTransforms?.(transforms, begin, indices.length);
  return {
    pixels: copyPixels(data, indices, memory),
    labels: labels && Uint16Array.from(indices, (index) => labels[index]),
    targets: targets && copyRows(targets, indices, new Float32Array(indices.length * classes)),
    classes,
    weights: weights?.slice(begin, end),
    softTargets: softTargets?.slice(
      (begin * softTargets.length) / batch.indices.length,
      (end * softTargets.length) / batch.indices.length,
    ),
    transforms,
  };
}

function copyPixels(data: Dataset, indices: Uint32Array, memory: ArrayBuffer | undefined): PartData["pixels"] {
  const { images } = data;
  const values = indices.length * imageSize(data);
  const bytes = values * images.BYTES_PER_ELEMENT;
  const place = memory !== undefined && memory.byteLength >= bytes ? memory : new ArrayBuffer(bytes);
  return isUint8Array(images)
    ? copyRows(images, indices, new Uint8Array(place, 0, values))
    : copyRows(images, indices, new Float32Array(place, 0, values));
}

/** Copies rows of a matrix into another, which they fill. */
function copyRows<T extends Uint8Array | Float32Array>(
  source: Uint8Array | Float32Array,
  indices: Uint32Array,
  target: T,
): T {
  const width = target.length / indices.length;
  for (let i = 0; i < indices.length; i++) {
    target.set(source.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
  }
  return target;
}
