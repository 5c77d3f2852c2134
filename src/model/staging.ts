import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";

/** Targets of a data set's images. */
export type Targets = Pick<Dataset, "labels" | "targets" | "classes">;

/**
 * Copies the raw pixels of `n` images to a heap offset, bytes as bytes; image i is `indices[begin + i]`, or begin + i itself.
 *
 * @param size numbers of an image
 */
export function copyImages(
  { heap, bytes }: Engine,
  offset: number,
  size: number,
  images: Dataset["images"],
  n: number,
  begin: number,
  indices: Uint32Array | undefined,
): void {
  const isBytes = isUint8Array(images);
  const start = isBytes ? offset * heap.BYTES_PER_ELEMENT : offset;
  const target = isBytes ? bytes : heap;
  if (indices === undefined) {
    target.set(images.subarray(begin * size, (begin + n) * size), start);
    return;
  }
  // A view for each image is garbage, but three times faster than a loop over its numbers.
  for (let i = 0; i < n; i++) {
    const from = indices[begin + i] * size;
    target.set(images.subarray(from, from + size), start + i * size);
  }
}

/** Copies the targets of the same images to a heap offset: class indices if the loss takes them, else values per output. */
export function copyTargets(
  heap: Engine["heap"],
  offset: number,
  takesClasses: boolean,
  { labels, targets, classes }: Targets,
  n: number,
  begin: number,
  indices: Uint32Array | undefined,
): void {
  for (let i = 0; i < n; i++) {
    const from = indices === undefined ? begin + i : indices[begin + i];
    if (labels !== undefined && takesClasses) heap[offset + i] = labels[from];
    else if (targets !== undefined)
      heap.set(targets.subarray(from * classes, (from + 1) * classes), offset + i * classes);
  }
}
