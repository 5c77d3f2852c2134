import { classOf, type Targets } from "../data/class-of.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { isUint8Array } from "../numeric/array-kinds.ts";
import type { Loss } from "./contracts.ts";
import { writeSoftTargets } from "./soft-targets.ts";

export type { Targets } from "../data/class-of.ts";

/** Numbers of a batch's images beside the targets of their data set. */
export interface BatchNumbers {
  /** [n]: factor of each image in the gradient; undefined for 1 each. */
  readonly weights?: Float64Array | undefined;
  /** [n, outputs]: a share of each class, in place of the data set's own targets; smoothed, and with class weights in them. */
  readonly softTargets?: Float64Array | undefined;
}

/** Offsets of what a loss reads beside the outputs. */
export interface TargetPlaces {
  readonly targets: number;
  readonly softTargets: number;
  readonly weights: number;
}

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

/**
 * Copies what a loss reads of the same images: class indices if it takes classes, else values per output, and the weights.
 *
 * @returns true if it has to read a share of each class
 */
export function copyTargets(
  heap: Engine["heap"],
  places: TargetPlaces,
  loss: Loss | undefined,
  data: Targets,
  n: number,
  begin: number,
  indices: Uint32Array | undefined,
  { weights, softTargets }: BatchNumbers,
): boolean {
  const { targets, classes } = data;
  if (weights === undefined) heap.fill(1, places.weights, places.weights + n);
  else heap.set(weights.subarray(0, n), places.weights);
  if (loss?.classes !== true) {
    for (let i = 0; targets !== undefined && i < n; i++) {
      const from = indices === undefined ? begin + i : indices[begin + i];
      heap.set(targets.subarray(from * classes, (from + 1) * classes), places.targets + i * classes);
    }
    return false;
  }
  for (let i = 0; i < n; i++) {
    const label = classOf(data, indices === undefined ? begin + i : indices[begin + i]);
    // The kernel reads the logit of the label: one that is ignored may have none.
    heap[places.targets + i] = label === loss.ignoreIndex ? 0 : label;
  }
  if (softTargets !== undefined) heap.set(softTargets, places.softTargets);
  else if (targets !== undefined && loss.softSmoothing !== undefined) {
    const rows = new Float64Array(n * classes);
    writeSoftTargets(rows, data, n, begin, indices, loss.softSmoothing);
    heap.set(rows, places.softTargets);
  } else return false;
  return true;
}
