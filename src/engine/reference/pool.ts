/**
 * Pooling. Parallel axis: samples. Input [h, w, c], output [p, q, c], window [r, s].
 *
 * Output row i looks at input rows i * strideH - padTop and the r - 1 below it, cut off at the edges of the input
 * (columns alike): padding never counts. The geometry sees to it that every window keeps at least one element.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The pooling kernels over one heap. */
export function poolKernels(heap: Heap) {
  return {
    /**
     * y = max(the largest element of each window, lower); NaN where the window holds one. lower = 0 for a ReLU, -Infinity
     * for none. x [n, h, w, c], y [n, p, q, c].
     */
    max_pool_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      padTop: number,
      padLeft: number,
      lower: number,
    ): void {
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const origin = (row % p) * strideH - padTop;
        const top = Math.max(origin, 0);
        const bottom = Math.min(origin + r, h);
        for (let column = 0; column < q; column++) {
          const edge = column * strideW - padLeft;
          const left = Math.max(edge, 0);
          const right = Math.min(edge + s, w);
          const to = y + (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            let maximum = lower;
            for (let i = top; i < bottom; i++) {
              const from = x + (sample * h + i) * w * c + channel;
              for (let j = left; j < right; j++) {
                const value = heap[from + j * c];
                if (value > maximum || Number.isNaN(value)) maximum = value;
              }
            }
            heap[to + channel] = maximum;
          }
        }
      }
    },

    /**
     * dx = the sum of the gradients of all windows whose maximum an element is; of equal elements in a window the first
     * in row-major order counts, and none where y is not above lower. x, dx [n, h, w, c]; y, dy [n, p, q, c], y from the
     * forward pass.
     */
    max_pool_backward(
      begin: number,
      end: number,
      x: number,
      y: number,
      dy: number,
      dx: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      padTop: number,
      padLeft: number,
      lower: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const origin = (row % p) * strideH - padTop;
        const top = Math.max(origin, 0);
        const bottom = Math.min(origin + r, h);
        for (let column = 0; column < q; column++) {
          const edge = column * strideW - padLeft;
          const left = Math.max(edge, 0);
          const right = Math.min(edge + s, w);
          const output = (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            const maximum = heap[y + output + channel];
            if (!(maximum > lower)) continue;
            search: for (let i = top; i < bottom; i++) {
              const input = (sample * h + i) * w * c + channel;
              for (let j = left; j < right; j++) {
                if (heap[x + input + j * c] === maximum) {
                  heap[dx + input + j * c] += heap[dy + output + channel];
                  break search;
                }
              }
            }
          }
        }
      }
    },

    /** y = the mean of each window, over the elements inside the input. x [n, h, w, c], y [n, p, q, c]. */
    average_pool_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      padTop: number,
      padLeft: number,
    ): void {
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const origin = (row % p) * strideH - padTop;
        const top = Math.max(origin, 0);
        const bottom = Math.min(origin + r, h);
        for (let column = 0; column < q; column++) {
          const edge = column * strideW - padLeft;
          const left = Math.max(edge, 0);
          const right = Math.min(edge + s, w);
          const scale = 1 / ((bottom - top) * (right - left));
          const to = y + (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            let sum = 0;
            for (let i = top; i < bottom; i++) {
              const from = x + (sample * h + i) * w * c + channel;
              for (let j = left; j < right; j++) sum += heap[from + j * c];
            }
            heap[to + channel] = sum * scale;
          }
        }
      }
    },

    /**
     * dx = the sum over the windows that hold an element of dy / elements in the window. dy [n, p, q, c], dx [n, h, w,
     * c].
     */
    average_pool_backward(
      begin: number,
      end: number,
      dy: number,
      dx: number,
      h: number,
      w: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      padTop: number,
      padLeft: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const origin = (row % p) * strideH - padTop;
        const top = Math.max(origin, 0);
        const bottom = Math.min(origin + r, h);
        for (let column = 0; column < q; column++) {
          const edge = column * strideW - padLeft;
          const left = Math.max(edge, 0);
          const right = Math.min(edge + s, w);
          const scale = 1 / ((bottom - top) * (right - left));
          const from = dy + (row * q + column) * c;
          for (let i = top; i < bottom; i++) {
            for (let j = left; j < right; j++) {
              const to = dx + ((sample * h + i) * w + j) * c;
              for (let channel = 0; channel < c; channel++) heap[to + channel] += heap[from + channel] * scale;
            }
          }
        }
      }
    },
  };
}
