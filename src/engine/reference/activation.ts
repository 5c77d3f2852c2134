/**
 * Activations. Parallel axis: samples of `size` elements (softmax: `positions` rows of `classes`).
 *
 * All overwrite their output; all but softmax are elementwise and may run in place.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** A ReLU of x; NaN stays NaN. */
function rectified(x: number, upper: number, slope: number): number {
  if (x > 0) return Math.min(x, upper);
  // 0 x is no number where x is infinite.
  return slope === 0 ? Math.max(x, 0) : slope * x;
}

/** The gradient of a ReLU for dy, from its output. */
function rectifierGradient(y: number, dy: number, upper: number, slope: number): number {
  if (y >= upper && upper !== Number.POSITIVE_INFINITY) return 0;
  if (y > 0) return dy;
  return slope === 0 ? 0 : slope * dy;
}

/** The activation kernels over one heap. */
export function activationKernels(heap: Heap) {
  return {
    /** A ReLU: y = min(x, upper) where x > 0, else slope x; NaN stays NaN. x, y [n, size]. */
    relu_forward(begin: number, end: number, x: number, y: number, size: number, upper: number, slope: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = rectified(heap[x + i], upper, slope);
    },

    /** dx = dy where 0 < y < upper, 0 from there on, slope dy elsewhere; from the output y. y, dy, dx [n, size]. */
    relu_backward(
      begin: number,
      end: number,
      y: number,
      dy: number,
      dx: number,
      size: number,
      upper: number,
      slope: number,
    ): void {
      for (let i = begin * size; i < end * size; i++) {
        heap[dx + i] = rectifierGradient(heap[y + i], heap[dy + i], upper, slope);
      }
    },

    /** y = 1 / (1 + e^-x). x, y [n, size]. */
    sigmoid_forward(begin: number, end: number, x: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = 1 / (1 + Math.exp(-heap[x + i]));
    },

    /** dx = dy y (1 - y), from the output y. y, dy, dx [n, size]. */
    sigmoid_backward(begin: number, end: number, y: number, dy: number, dx: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[y + i];
        heap[dx + i] = heap[dy + i] * value * (1 - value);
      }
    },

    /** y = tanh(x). x, y [n, size]. */
    tanh_forward(begin: number, end: number, x: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = Math.tanh(heap[x + i]);
    },

    /** dx = dy (1 - y^2), from the output y. y, dy, dx [n, size]. */
    tanh_backward(begin: number, end: number, y: number, dy: number, dx: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[y + i];
        heap[dx + i] = heap[dy + i] * (1 - value * value);
      }
    },

    /** y_j = e^(x_j - max x) / sum_i e^(x_i - max x) in each row. x, y [n, positions, classes]. */
    softmax_forward(begin: number, end: number, x: number, y: number, positions: number, classes: number): void {
      for (let row = begin * positions; row < end * positions; row++) {
        const from = x + row * classes;
        const to = y + row * classes;
        let maximum = heap[from];
        for (let j = 1; j < classes; j++) if (heap[from + j] > maximum) maximum = heap[from + j];
        let sum = 0;
        for (let j = 0; j < classes; j++) {
          const power = Math.exp(heap[from + j] - maximum);
          heap[to + j] = power;
          sum += power;
        }
        const scale = 1 / sum;
        for (let j = 0; j < classes; j++) heap[to + j] *= scale;
      }
    },

    /** dx_j = y_j (dy_j - sum_i dy_i y_i) in each row, from the output y. y, dy, dx [n, positions, classes]. */
    softmax_backward(
      begin: number,
      end: number,
      y: number,
      dy: number,
      dx: number,
      positions: number,
      classes: number,
    ): void {
      for (let row = begin * positions; row < end * positions; row++) {
        const first = row * classes;
        let dot = 0;
        for (let j = first; j < first + classes; j++) dot += heap[dy + j] * heap[y + j];
        for (let j = first; j < first + classes; j++) heap[dx + j] = heap[y + j] * (heap[dy + j] - dot);
      }
    },
  };
}
