/**
 * Batch normalisation (Ioffe & Szegedy, 2015) over the last axis: x is [rows, c], rows = n * positions (positions = h *
 * w after a convolution, 1 after a dense layer).
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The batch normalisation kernels over one heap. */
export function normKernels(heap: Heap) {
  /** 1 / sqrt(variance + epsilon) of the channels from begin to end. */
  function inverseDeviations(begin: number, end: number, variance: number, epsilon: number): Float64Array {
    const inverse = new Float64Array(end - begin);
    for (let channel = begin; channel < end; channel++) {
      inverse[channel - begin] = 1 / Math.sqrt(heap[variance + channel] + epsilon);
    }
    return inverse;
  }

  return {
    /**
     * mean = sum x / rows, variance = sum (x - mean)^2 / rows (biased), in two passes. Axis: channels.
     *
     * x [rows, c]; mean, variance [c].
     */
    batch_norm_statistics(
      begin: number,
      end: number,
      x: number,
      mean: number,
      variance: number,
      rows: number,
      c: number,
    ): void {
      const count = end - begin;
      const sums = new Float64Array(count);
      for (let row = 0; row < rows; row++) {
        const from = x + row * c + begin;
        for (let j = 0; j < count; j++) sums[j] += heap[from + j];
      }
      const means = sums.map((sum) => sum / rows);
      sums.fill(0);
      for (let row = 0; row < rows; row++) {
        const from = x + row * c + begin;
        for (let j = 0; j < count; j++) {
          const difference = heap[from + j] - means[j];
          sums[j] += difference * difference;
        }
      }
      for (let j = 0; j < count; j++) {
        heap[mean + begin + j] = means[j];
        heap[variance + begin + j] = sums[j] / rows;
      }
    },

    /**
     * running = running momentum + batch (1 - momentum), the variance made unbiased by rows / (rows - 1) where rows >
     * 1. Axis: channels. Reads and writes runningMean, runningVariance.
     *
     * mean, variance, runningMean, runningVariance [c].
     */
    batch_norm_running(
      begin: number,
      end: number,
      mean: number,
      variance: number,
      runningMean: number,
      runningVariance: number,
      momentum: number,
      rows: number,
    ): void {
      const fresh = 1 - momentum;
      const unbiased = rows > 1 ? rows / (rows - 1) : 1;
      for (let channel = begin; channel < end; channel++) {
        const m = runningMean + channel;
        const v = runningVariance + channel;
        heap[m] = heap[m] * momentum + heap[mean + channel] * fresh;
        heap[v] = heap[v] * momentum + heap[variance + channel] * unbiased * fresh;
      }
    },

    /**
     * y = (x - mean) / sqrt(variance + epsilon) gamma + beta, with batch or running statistics. Axis: samples.
     *
     * x, y [n, positions, c], may be the same; gamma, beta, mean, variance [c].
     */
    batch_norm_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      gamma: number,
      beta: number,
      mean: number,
      variance: number,
      epsilon: number,
      positions: number,
      c: number,
    ): void {
      const scale = inverseDeviations(0, c, variance, epsilon);
      for (let j = 0; j < c; j++) scale[j] *= heap[gamma + j];
      for (let row = begin * positions; row < end * positions; row++) {
        const from = x + row * c;
        const to = y + row * c;
        for (let j = 0; j < c; j++) heap[to + j] = (heap[from + j] - heap[mean + j]) * scale[j] + heap[beta + j];
      }
    },

    /**
     * dgamma = sum dy (x - mean) / sqrt(variance + epsilon), dbeta = sum dy, over all rows. Axis: channels.
     *
     * x, dy [rows, c]; mean, variance, dgamma, dbeta [c].
     */
    batch_norm_backward_parameters(
      begin: number,
      end: number,
      x: number,
      dy: number,
      mean: number,
      variance: number,
      dgamma: number,
      dbeta: number,
      epsilon: number,
      rows: number,
      c: number,
    ): void {
      const count = end - begin;
      const inverse = inverseDeviations(begin, end, variance, epsilon);
      const products = new Float64Array(count);
      const sums = new Float64Array(count);
      const means = mean + begin;
      for (let row = 0; row < rows; row++) {
        const first = row * c + begin;
        for (let j = 0; j < count; j++) {
          const gradient = heap[dy + first + j];
          products[j] += gradient * (heap[x + first + j] - heap[means + j]);
          sums[j] += gradient;
        }
      }
      for (let j = 0; j < count; j++) {
        heap[dgamma + begin + j] = products[j] * inverse[j];
        heap[dbeta + begin + j] = sums[j];
      }
    },

    /**
     * The gradient where mean and variance are those of x itself (training): dx = gamma inverse (dy - dbeta / rows -
     * xhat dgamma / rows), xhat = (x - mean) inverse, inverse = 1 / sqrt(variance + epsilon). Axis: samples.
     *
     * x, dy, dx [n, positions, c], dx may be dy; gamma, mean, variance, dgamma, dbeta [c]; rows = n * positions.
     */
    batch_norm_backward_data(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      gamma: number,
      mean: number,
      variance: number,
      dgamma: number,
      dbeta: number,
      epsilon: number,
      positions: number,
      c: number,
      rows: number,
    ): void {
      // dx = scale (dy - offset - (x - mean) slope), the three factors once per channel.
      const scale = inverseDeviations(0, c, variance, epsilon);
      const slope = new Float64Array(c);
      const offset = new Float64Array(c);
      for (let j = 0; j < c; j++) {
        slope[j] = (scale[j] * heap[dgamma + j]) / rows;
        offset[j] = heap[dbeta + j] / rows;
        scale[j] *= heap[gamma + j];
      }
      for (let row = begin * positions; row < end * positions; row++) {
        const first = row * c;
        for (let j = 0; j < c; j++) {
          const centred = heap[x + first + j] - heap[mean + j];
          heap[dx + first + j] = scale[j] * (heap[dy + first + j] - offset[j] - centred * slope[j]);
        }
      }
    },
  };
}
