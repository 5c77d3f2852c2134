/**
 * The parametric ReLU (He et al., 2015). Parallel axis: samples of [rows, size], with a factor for each column.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernels of the parametric ReLU over one heap. */
export function preluKernels(heap: Heap) {
  return {
    /** y = x where x > 0, else alpha x. x, y [n, rows, size]; alpha [size]. */
    prelu_forward(begin: number, end: number, x: number, y: number, alpha: number, rows: number, size: number): void {
      for (let i = begin * rows * size; i < end * rows * size; i++) {
        const value = heap[x + i];
        heap[y + i] = value > 0 ? value : value * heap[alpha + (i % size)];
      }
    },

    /**
     * dx = dy where x > 0, else alpha dy; sums of dy x over the rows of a sample where x is not positive.
     *
     * x, dy, dx [n, rows, size]; alpha [size]; sums [n, size].
     */
    prelu_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      alpha: number,
      sums: number,
      rows: number,
      size: number,
    ): void {
      for (let n = begin; n < end; n++) {
        for (let column = 0; column < size; column++) {
          let sum = 0;
          for (let row = 0; row < rows; row++) {
            const i = (n * rows + row) * size + column;
            const value = heap[x + i];
            const gradient = heap[dy + i];
            if (!(value > 0)) sum += value * gradient;
            heap[dx + i] = value > 0 ? gradient : gradient * heap[alpha + column];
          }
          heap[sums + n * size + column] = sum;
        }
      }
    },

    /** dalpha = sum of the samples' sums. Axis: columns. sums [n, size]; dalpha [size]. */
    prelu_parameters(begin: number, end: number, sums: number, dalpha: number, n: number, size: number): void {
      for (let column = begin; column < end; column++) {
        let sum = 0;
        for (let sample = 0; sample < n; sample++) sum += heap[sums + sample * size + column];
        heap[dalpha + column] = sum;
      }
    },
  };
}
