/**
 * The parametric ReLU (He et al., 2015). Parallel axis: samples of [outer, rows, size, run], with factors [outer, size].
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernels of the parametric ReLU over one heap. */
export function preluKernels(heap: Heap) {
  return {
    /** y = x where x > 0, else alpha x. x, y [n, outer, rows, size, run]; alpha [outer, size]. */
    prelu_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      alpha: number,
      outer: number,
      rows: number,
      size: number,
      run: number,
    ): void {
      const block = rows * size * run;
      for (let i = begin * outer * block; i < end * outer * block; i++) {
        const factor = alpha + (Math.floor(i / block) % outer) * size + (Math.floor(i / run) % size);
        const value = heap[x + i];
        heap[y + i] = value > 0 ? value : value * heap[factor];
      }
    },

    /**
     * dx = dy where x > 0, else alpha dy; sums of dy x over the elements of a factor in a sample where x is not positive.
     *
     * x, dy, dx [n, outer, rows, size, run]; alpha [outer, size]; sums [n, outer, size].
     */
    prelu_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      alpha: number,
      sums: number,
      outer: number,
      rows: number,
      size: number,
      run: number,
    ): void {
      for (let block = begin * outer; block < end * outer; block++) {
        for (let column = 0; column < size; column++) {
          const factor = heap[alpha + (block % outer) * size + column];
          let sum = 0;
          for (let row = 0; row < rows; row++) {
            const first = ((block * rows + row) * size + column) * run;
            for (let i = first; i < first + run; i++) {
              const value = heap[x + i];
              const gradient = heap[dy + i];
              if (!(value > 0)) sum += value * gradient;
              heap[dx + i] = value > 0 ? gradient : gradient * factor;
            }
          }
          heap[sums + block * size + column] = sum;
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
