/**
 * Average pooling to a given size. Parallel axis: samples. Input [h, w, c], output [p, q, c].
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The inputs of an output on an axis: floor(place inputs / outputs) to ceil((place + 1) inputs / outputs) - 1. */
function window(place: number, inputs: number, outputs: number): { readonly from: number; readonly to: number } {
  return { from: Math.floor((place * inputs) / outputs), to: Math.ceil(((place + 1) * inputs) / outputs) };
}

/** The adaptive pooling kernels over one heap. */
export function adaptivePoolKernels(heap: Heap) {
  return {
    /** y = the mean of each window. x [n, h, w, c]; y [n, p, q, c]. */
    adaptive_average_pool_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
    ): void {
      for (let row = begin * p; row < end * p; row++) {
        const image = x + Math.floor(row / p) * h * w * c;
        const rows = window(row % p, h, p);
        for (let column = 0; column < q; column++) {
          const columns = window(column, w, q);
          const count = (rows.to - rows.from) * (columns.to - columns.from);
          for (let channel = 0; channel < c; channel++) {
            let sum = 0;
            for (let i = rows.from; i < rows.to; i++) {
              for (let j = columns.from; j < columns.to; j++) sum += heap[image + (i * w + j) * c + channel];
            }
            heap[y + (row * q + column) * c + channel] = sum / count;
          }
        }
      }
    },

    /** dx = each input's shares, dy / count, of the windows that hold it. dy [n, p, q, c]; dx [n, h, w, c]. */
    adaptive_average_pool_backward(
      begin: number,
      end: number,
      dy: number,
      dx: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let row = begin * p; row < end * p; row++) {
        const image = dx + Math.floor(row / p) * h * w * c;
        const rows = window(row % p, h, p);
        for (let column = 0; column < q; column++) {
          const columns = window(column, w, q);
          const count = (rows.to - rows.from) * (columns.to - columns.from);
          for (let channel = 0; channel < c; channel++) {
            const share = heap[dy + (row * q + column) * c + channel] / count;
            for (let i = rows.from; i < rows.to; i++) {
              for (let j = columns.from; j < columns.to; j++) heap[image + (i * w + j) * c + channel] += share;
            }
          }
        }
      }
    },
  };
}
