/**
 * Copies in another order. Parallel axis: samples.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The copying kernels over one heap. */
export function copyKernels(heap: Heap) {
  return {
    /**
     * y[yFirst + i yRow + j yColumn + k] = x[xFirst + i xRow + j xColumn + k] for i < rows, j < columns, k < depth; other floats of y
     * are zeros. x [n, xSize]; y [n, ySize].
     */
    copy_boxes(
      begin: number,
      end: number,
      x: number,
      y: number,
      rows: number,
      columns: number,
      depth: number,
      xFirst: number,
      xRow: number,
      xColumn: number,
      xSize: number,
      yFirst: number,
      yRow: number,
      yColumn: number,
      ySize: number,
    ): void {
      heap.fill(0, y + begin * ySize, y + end * ySize);
      for (let sample = begin; sample < end; sample++) {
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            const from = x + sample * xSize + xFirst + i * xRow + j * xColumn;
            heap.copyWithin(y + sample * ySize + yFirst + i * yRow + j * yColumn, from, from + depth);
          }
        }
      }
    },

    /**
     * y[i yStep + a yRow + b] = x[i xStep + b xRow + a] for i < count, a < rows, b < columns. x, y [n, count rows columns].
     */
    transpose(
      begin: number,
      end: number,
      x: number,
      y: number,
      count: number,
      rows: number,
      columns: number,
      xStep: number,
      xRow: number,
      yStep: number,
      yRow: number,
    ): void {
      const size = count * rows * columns;
      for (let sample = begin; sample < end; sample++) {
        for (let i = 0; i < count; i++) {
          const from = x + sample * size + i * xStep;
          const to = y + sample * size + i * yStep;
          for (let a = 0; a < rows; a++) {
            for (let b = 0; b < columns; b++) heap[to + a * yRow + b] = heap[from + b * xRow + a];
          }
        }
      }
    },
  };
}
