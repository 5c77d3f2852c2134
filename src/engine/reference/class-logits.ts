/**
 * Parts of the losses of a class: the largest of a sample's logits, and whether it is that of the label.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The largest of a sample's logits at `x`; NaN only where the first is. */
export function largestLogit(heap: Heap, x: number, classes: number): number {
  let largest = heap[x];
  for (let j = 1; j < classes; j++) if (heap[x + j] > largest) largest = heap[x + j];
  return largest;
}

/** 1 where the logit of `label` is the first largest of those at `x`, else 0; also 0 where a logit is NaN. */
export function isFirstLargest(heap: Heap, x: number, label: number, classes: number): number {
  const own = heap[x + label];
  // Negated, so that NaN counts as wrong.
  for (let j = 0; j < classes; j++) if (!(j < label ? heap[x + j] < own : heap[x + j] <= own)) return 0;
  return 1;
}
