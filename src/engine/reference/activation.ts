/**
 * Activations. Parallel axis: samples of `size` elements (softmax: `positions` rows of `classes`).
 *
 * All overwrite their output; all but softmax are elementwise and may run in place.
 *
 * @module
 */

import { erfc } from "./erf.ts";
import type { Heap } from "./heap.ts";

/** The activation kernels over one heap. */
export function activationKernels(heap: Heap) {
  return {
    /** y = max(x, 0); NaN stays NaN. x, y [n, size]. */
    relu_forward(begin: number, end: number, x: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = Math.max(heap[x + i], 0);
    },

    /** dx = y > 0 ? dy : 0, from the output y of the forward pass. y, dy, dx [n, size]. */
    relu_backward(begin: number, end: number, y: number, dy: number, dx: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[dx + i] = heap[y + i] > 0 ? heap[dy + i] : 0;
    },

    /** y = x > 0 ? x : slope x. x, y [n, size]. */
    leaky_relu_forward(begin: number, end: number, x: number, y: number, size: number, slope: number): void {
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[x + i];
        heap[y + i] = value > 0 ? value : slope * value;
      }
    },

    /** dx = x > 0 ? dy : slope dy, from the input x. x, dy, dx [n, size]. */
    leaky_relu_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      size: number,
      slope: number,
    ): void {
      for (let i = begin * size; i < end * size; i++) {
        const gradient = heap[dy + i];
        heap[dx + i] = heap[x + i] > 0 ? gradient : slope * gradient;
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

    /** y = x Phi(x), Phi(x) = erfc(-x / sqrt 2) / 2: the exact GELU (Hendrycks & Gimpel, 2016). x, y [n, size]. */
    gelu_forward(begin: number, end: number, x: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[x + i];
        heap[y + i] = value * 0.5 * erfc(-value * Math.SQRT1_2);
      }
    },

    /** dx = dy (Phi(x) + x phi(x)), phi(x) = e^(-x^2 / 2) / sqrt(2 pi), from the input x. x, dy, dx [n, size]. */
    gelu_backward(begin: number, end: number, x: number, dy: number, dx: number, size: number): void {
      const densityAtZero = 1 / Math.sqrt(2 * Math.PI);
      for (let i = begin * size; i < end * size; i++) {
        const value = heap[x + i];
        const cumulative = 0.5 * erfc(-value * Math.SQRT1_2);
        const density = densityAtZero * Math.exp(-0.5 * value * value);
        heap[dx + i] = heap[dy + i] * (cumulative + value * density);
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

    /** y = a + b. a, b, y [n, size]. */
    add(begin: number, end: number, a: number, b: number, y: number, size: number): void {
      for (let i = begin * size; i < end * size; i++) heap[y + i] = heap[a + i] + heap[b + i];
    },
  };
}
