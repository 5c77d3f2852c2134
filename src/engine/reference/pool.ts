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
interface Window {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * The windows along one axis of `size` elements, one for each of `outputs`.
 *
 * @param counted end of the taps that count in the mean; undefined where only those inside the input do
 */
function windows(
  outputs: number,
  size: number,
  taps: number,
  stride: number,
  padding: number,
  dilation: number,
  counted?: number,
): Window[] {
  return Array.from({ length: outputs }, (_, output) => {
    const origin = output * stride - padding;
    const from = origin < 0 ? origin + Math.ceil(-origin / dilation) * dilation : origin;
    const end = origin + (taps - 1) * dilation + 1;
    const to = Math.min(end, size);
    const length = counted === undefined ? to - from : Math.min(end, counted) - origin;
    return { from, to, count: Math.ceil(length / dilation) };
  });
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
      const rows = windows(p, h, r, strideH, padTop, dilationH);
      const columns = windows(q, w, s, strideW, padLeft, dilationW);
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const { from: top, to: bottom } of rows) {
          for (const { from: left, to: right } of columns) {
            for (let channel = 0; channel < c; channel++) {
              let maximum = lower;
              for (let i = top; i < bottom; i += dilationH) {
                const from = x + (image * h + i) * w * c + channel;
                for (let j = left; j < right; j += dilationW) {
                  const value = heap[from + j * c];
                  if (value > maximum || Number.isNaN(value)) maximum = value;
                }
              }
              heap[y + output * c + channel] = maximum;
            }
            output++;
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
      const rows = windows(p, h, r, strideH, padTop, dilationH);
      const columns = windows(q, w, s, strideW, padLeft, dilationW);
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const { from: top, to: bottom } of rows) {
          for (const { from: left, to: right } of columns) {
            for (let channel = 0; channel < c; channel++) {
              const at = output * c + channel;
              const maximum = heap[y + at];
              if (!(maximum > lower)) continue;
              search: for (let i = top; i < bottom; i += dilationH) {
                const input = (image * h + i) * w * c + channel;
                for (let j = left; j < right; j += dilationW) {
                  if (heap[x + input + j * c] === maximum) {
                    heap[dx + input + j * c] += heap[dy + at];
                    break search;
                  }
                }
              }
            }
            output++;
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
      const rows = windows(p, h, r, strideH, padTop, dilationH, countPad === 1 ? h + padBottom : undefined);
      const columns = windows(q, w, s, strideW, padLeft, dilationW, countPad === 1 ? w + padRight : undefined);
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const { from: top, to: bottom, count: high } of rows) {
          for (const { from: left, to: right, count: wide } of columns) {
            const scale = 1 / (high * wide);
            for (let channel = 0; channel < c; channel++) {
              let sum = 0;
              for (let i = top; i < bottom; i += dilationH) {
                const from = x + (image * h + i) * w * c + channel;
                for (let j = left; j < right; j += dilationW) sum += heap[from + j * c];
              }
              heap[y + output * c + channel] = sum * scale;
            }
            output++;
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
      const rows = windows(p, h, r, strideH, padTop, dilationH, countPad === 1 ? h + padBottom : undefined);
      const columns = windows(q, w, s, strideW, padLeft, dilationW, countPad === 1 ? w + padRight : undefined);
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const { from: top, to: bottom, count: high } of rows) {
          for (const { from: left, to: right, count: wide } of columns) {
            const scale = 1 / (high * wide);
            const from = dy + output * c;
            for (let i = top; i < bottom; i += dilationH) {
              for (let j = left; j < right; j += dilationW) {
                const to = dx + ((image * h + i) * w + j) * c;
                for (let channel = 0; channel < c; channel++) heap[to + channel] += heap[from + channel] * scale;
              }
            }
            output++;
          }
        }
      }
    },
  };
}
