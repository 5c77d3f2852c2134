/**
 * Average pooling to a given size. Parallel axis: samples. Input [h, w, c], output [p, q, c].
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The inputs of an output on an axis. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** The windows on an axis: from floor(output inputs / outputs) to ceil((output + 1) inputs / outputs) - 1. */
function windows(inputs: number, outputs: number): Window[] {
  return Array.from({ length: outputs }, (_, output) => ({
    from: Math.floor((output * inputs) / outputs),
    to: Math.ceil(((output + 1) * inputs) / outputs),
  }));
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
      const [rows, columns] = [windows(h, p), windows(w, q)];
      let output = begin * rows.length * columns.length;
      for (let sample = begin; sample < end; sample++) {
        const image = x + sample * h * w * c;
        for (const { from: top, to: bottom } of rows) {
          for (const { from: left, to: right } of columns) {
            const count = (bottom - top) * (right - left);
            for (let channel = 0; channel < c; channel++) {
              let sum = 0;
              for (let i = top; i < bottom; i++) {
                for (let j = left; j < right; j++) sum += heap[image + (i * w + j) * c + channel];
              }
              heap[y + output * c + channel] = sum / count;
            }
            output++;
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
      const [rows, columns] = [windows(h, p), windows(w, q)];
      let output = begin * rows.length * columns.length;
      for (let sample = begin; sample < end; sample++) {
        const image = dx + sample * h * w * c;
        for (const { from: top, to: bottom } of rows) {
          for (const { from: left, to: right } of columns) {
            const count = (bottom - top) * (right - left);
            for (let channel = 0; channel < c; channel++) {
              const share = heap[dy + output * c + channel] / count;
              for (let i = top; i < bottom; i++) {
                for (let j = left; j < right; j++) heap[image + (i * w + j) * c + channel] += share;
              }
            }
            output++;
          }
        }
      }
    },
  };
}
