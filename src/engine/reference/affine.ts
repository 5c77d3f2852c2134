/**
 * Numbers that are added. Parallel axis: samples.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernels over one heap. */
export function affineKernels(heap: Heap) {
  return {
    /** y = factor x + offset. x, y [n, size]. */
    rescale(begin: number, end: number, x: number, y: number, size: number, factor: number, offset: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = factor * heap[x + i] + offset;
    },

    /** y = max(y + bias, lower), NaN where y is. y [n, positions, channels]; bias [channels]. */
    add_bias(
      begin: number,
      end: number,
      y: number,
      bias: number,
      positions: number,
      channels: number,
      lower: number,
    ): void {
      for (let row = begin * positions; row < end * positions; row++) {
        for (let j = 0; j < channels; j++) {
          const at = y + row * channels + j;
          const sum = heap[at] + heap[bias + j];
          heap[at] = sum < lower ? lower : sum;
        }
      }
    },
  };
}
