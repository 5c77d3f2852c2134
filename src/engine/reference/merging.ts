/**
 * Merging tensors. Parallel axis: samples.
 *
 * All overwrite their output. Those on equal shapes are elementwise and may write in the place of an input.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The merging kernels over one heap. */
export function mergingKernels(heap: Heap) {
  return {
    /** y = a + b. a, b, y [n, size]. */
    add(begin: number, end: number, a: number, b: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = heap[a + i] + heap[b + i];
    },

    /** y = a - b. a, b, y [n, size]. */
    subtract(begin: number, end: number, a: number, b: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = heap[a + i] - heap[b + i];
    },

    /** y = a b. a, b, y [n, size]. */
    multiply(begin: number, end: number, a: number, b: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = heap[a + i] * heap[b + i];
    },

    /** y = max(a, b), NaN where either is. a, b, y [n, size]. */
    maximum(begin: number, end: number, a: number, b: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = Math.max(heap[a + i], heap[b + i]);
    },

    /**
     * dx = x = y ? dy : 0 and rest = x = y ? 0 : dy, from an input x and the output y of the maximum. NaN equals nothing.
     *
     * x, y, dy, dx, rest [n, size]; rest = 0: not wanted, else it may be dy.
     */
    maximum_backward(
      begin: number,
      end: number,
      x: number,
      y: number,
      dy: number,
      dx: number,
      rest: number,
      size: number,
    ): void {
      for (let i = begin * size; i < end * size; i++) {
        const gradient = heap[dy + i];
        const isLargest = heap[x + i] === heap[y + i];
        if (rest !== 0) heap[rest + i] = isLargest ? 0 : gradient;
        heap[dx + i] = isLargest ? gradient : 0;
      }
    },

    /** y = factor x. x, y [n, size]. */
    scale(begin: number, end: number, x: number, y: number, size: number, factor: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = factor * heap[x + i];
    },

    /** y = x s, the same factor for all positions of a channel. x, y [n, positions, channels]; s [n, channels]. */
    multiply_channels(
      begin: number,
      end: number,
      x: number,
      s: number,
      y: number,
      positions: number,
      channels: number,
    ): void {
      for (let row = begin * positions; row < end * positions; row++) {
        const factors = s + Math.floor(row / positions) * channels;
        for (let j = 0; j < channels; j++) {
          heap[y + row * channels + j] = heap[x + row * channels + j] * heap[factors + j];
        }
      }
    },

    /** ds_j = sum over positions of x_j dy_j. x, dy [n, positions, channels]; ds [n, channels]. */
    multiply_channels_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      ds: number,
      positions: number,
      channels: number,
    ): void {
      const sums = new Float64Array(channels);
      for (let sample = begin; sample < end; sample++) {
        sums.fill(0);
        for (let row = sample * positions; row < (sample + 1) * positions; row++) {
          for (let j = 0; j < channels; j++) sums[j] += heap[x + row * channels + j] * heap[dy + row * channels + j];
        }
        heap.set(sums, ds + sample * channels);
      }
    },

    /** y = the first `columns` floats of each row. x [n, rows, xStride]; y [n, rows, yStride], whose other floats stay. */
    copy_columns(
      begin: number,
      end: number,
      x: number,
      y: number,
      rows: number,
      xStride: number,
      yStride: number,
      columns: number,
    ): void {
      for (let row = begin * rows; row < end * rows; row++) {
        const from = x + row * xStride;
        heap.copyWithin(y + row * yStride, from, from + columns);
      }
    },
  };
}
