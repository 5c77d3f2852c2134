/**
 * Pooling. Parallel axis: samples. Input [h, w, c], output [p, q, c], window [r, s].
 *
 * Output row i reads the r input rows i * strideH - padTop, dilationH further, and so on, without those outside of the
 * input (columns alike). The geometry sees to it that every window keeps at least one element.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** A window along one axis: its first tap inside the input, its end, and its taps in the mean. */
interface Side {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * The window of an output along one axis.
 *
 * @param counted end of the taps that count in the mean; undefined where only those inside the input do
 */
function side(origin: number, taps: number, dilation: number, size: number, counted?: number): Side {
  const from = origin < 0 ? origin + Math.ceil(-origin / dilation) * dilation : origin;
  const end = origin + (taps - 1) * dilation + 1;
  const to = Math.min(end, size);
  const length = counted === undefined ? to - from : Math.min(end, counted) - origin;
  return { from, to, count: Math.ceil(length / dilation) };
}

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
      dilationH: number,
      dilationW: number,
      lower: number,
    ): void {
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const rows = side((row % p) * strideH - padTop, r, dilationH, h);
        for (let column = 0; column < q; column++) {
          const columns = side(column * strideW - padLeft, s, dilationW, w);
          const to = y + (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            let maximum = lower;
            for (let i = rows.from; i < rows.to; i += dilationH) {
              const from = x + (sample * h + i) * w * c + channel;
              for (let j = columns.from; j < columns.to; j += dilationW) {
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
      dilationH: number,
      dilationW: number,
      lower: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const rows = side((row % p) * strideH - padTop, r, dilationH, h);
        for (let column = 0; column < q; column++) {
          const columns = side(column * strideW - padLeft, s, dilationW, w);
          const output = (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            const maximum = heap[y + output + channel];
            if (!(maximum > lower)) continue;
            search: for (let i = rows.from; i < rows.to; i += dilationH) {
              const input = (sample * h + i) * w * c + channel;
              for (let j = columns.from; j < columns.to; j += dilationW) {
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

    /**
     * y = the mean of each window over the elements inside the input; with countPad = 1 those in the padding count as
     * zeros. x [n, h, w, c], y [n, p, q, c].
     */
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
      dilationH: number,
      dilationW: number,
      padBottom: number,
      padRight: number,
      countPad: number,
    ): void {
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const below = countPad === 1 ? h + padBottom : undefined;
        const rows = side((row % p) * strideH - padTop, r, dilationH, h, below);
        for (let column = 0; column < q; column++) {
          const behind = countPad === 1 ? w + padRight : undefined;
          const columns = side(column * strideW - padLeft, s, dilationW, w, behind);
          const scale = 1 / (rows.count * columns.count);
          const to = y + (row * q + column) * c;
          for (let channel = 0; channel < c; channel++) {
            let sum = 0;
            for (let i = rows.from; i < rows.to; i += dilationH) {
              const from = x + (sample * h + i) * w * c + channel;
              for (let j = columns.from; j < columns.to; j += dilationW) sum += heap[from + j * c];
            }
            heap[to + channel] = sum * scale;
          }
        }
      }
    },

    /**
     * dx = the sum over the windows that hold an element of dy / elements in the window, counted as in
     * `average_pool_forward`. dy [n, p, q, c], dx [n, h, w, c].
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
      dilationH: number,
      dilationW: number,
      padBottom: number,
      padRight: number,
      countPad: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let row = begin * p; row < end * p; row++) {
        const sample = Math.floor(row / p);
        const below = countPad === 1 ? h + padBottom : undefined;
        const rows = side((row % p) * strideH - padTop, r, dilationH, h, below);
        for (let column = 0; column < q; column++) {
          const behind = countPad === 1 ? w + padRight : undefined;
          const columns = side(column * strideW - padLeft, s, dilationW, w, behind);
          const scale = 1 / (rows.count * columns.count);
          const from = dy + (row * q + column) * c;
          for (let i = rows.from; i < rows.to; i += dilationH) {
            for (let j = columns.from; j < columns.to; j += dilationW) {
              const to = dx + ((sample * h + i) * w + j) * c;
              for (let channel = 0; channel < c; channel++) heap[to + channel] += heap[from + channel] * scale;
            }
          }
        }
      }
    },
  };
}
