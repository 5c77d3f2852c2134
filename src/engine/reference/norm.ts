/**
 * Batch normalisation (Ioffe & Szegedy, 2015) over the last axis: x is [rows, c], rows = n * positions (positions = h *
 * w after a convolution, 1 after a dense layer).
 *
 * @module
 */

import { SUM_ROWS } from "../kernel-sizes.ts";
import { padded } from "../padded.ts";
import type { Heap } from "./heap.ts";

/** The batch normalisation kernels over one heap. */
export function normKernels(heap: Heap) {
  return {
    /**
     * Mean of each channel of each sample, and sum of (x - mean)^2, in two passes. Axis: samples.
     *
     * x [n, positions, c]; moments [n, 5, padded c], c padded to a multiple of 4: mean, sum of squares, what the rounded mean
     * lacks, rows of zeros.
     */
    batch_norm_moments(begin: number, end: number, x: number, moments: number, positions: number, c: number): void {
      const width = padded(c);
      const means = new Float64Array(c);
      const squares = new Float64Array(c);
      for (let sample = begin; sample < end; sample++) {
        const first = x + sample * positions * c;
        const last = first + positions * c;
        means.fill(0);
        for (let from = first; from < last; from += c) {
          for (let j = 0; j < c; j++) means[j] += heap[from + j];
        }
        for (let j = 0; j < c; j++) means[j] /= positions;
        squares.fill(0);
        for (let from = first; from < last; from += c) {
          for (let j = 0; j < c; j++) {
            const difference = heap[from + j] - means[j];
            squares[j] += difference * difference;
          }
        }
        const to = moments + sample * SUM_ROWS * width;
        // Rows that stay zero are used by the WebAssembly kernels of these names.
        heap.fill(0, to, to + SUM_ROWS * width);
        heap.set(means, to);
        heap.set(squares, to + width);
        for (let j = 0; j < c; j++) heap[to + 2 * width + j] = means[j] - heap[to + j];
      }
    },

    /**
     * mean = sum of the samples' means / n, variance = (sum of their squares + positions * sum of (their mean - mean)^2)
     * / (n positions) (biased). Axis: channels.
     *
     * moments [n, 5, padded c] of `batch_norm_moments`; mean, variance [c].
     */
    batch_norm_statistics(
      begin: number,
      end: number,
      moments: number,
      mean: number,
      variance: number,
      n: number,
      positions: number,
      c: number,
    ): void {
      const width = padded(c);
      for (let channel = begin; channel < end; channel++) {
        let sum = 0;
        for (let sample = 0; sample < n; sample++) sum += heap[moments + sample * SUM_ROWS * width + channel];
        const center = sum / n;
        let squares = 0;
        for (let sample = 0; sample < n; sample++) {
          const from = moments + sample * SUM_ROWS * width + channel;
          const difference = heap[from] - center + heap[from + 2 * width];
          squares += heap[from + width] + positions * difference * difference;
        }
        heap[mean + channel] = center;
        heap[variance + channel] = squares / (n * positions);
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
     * The normalisation as y = scale x + shift: scale = gamma / sqrt(variance + epsilon), shift = beta - mean scale.
     * Axis: channels. gamma, beta, mean, variance, scale, shift [c].
     */
    batch_norm_fold(
      begin: number,
      end: number,
      gamma: number,
      beta: number,
      mean: number,
      variance: number,
      scale: number,
      shift: number,
      epsilon: number,
    ): void {
      for (let channel = begin; channel < end; channel++) {
        const factor = heap[gamma + channel] / Math.sqrt(heap[variance + channel] + epsilon);
        heap[scale + channel] = factor;
        heap[shift + channel] = heap[beta + channel] - heap[mean + channel] * factor;
      }
    },

    /**
     * y = min(max(scale x + shift, lower), upper); lower = -Infinity, upper = Infinity for no clamp; NaN stays. Axis: samples.
     *
     * x, y [n, positions, c], may be the same; scale, shift [c] of `batch_norm_fold`.
     */
    batch_norm_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      scale: number,
      shift: number,
      positions: number,
      c: number,
      lower: number,
      upper: number,
    ): void {
      for (let from = begin * positions * c; from < end * positions * c; from += c) {
        for (let j = 0; j < c; j++) {
          const value = heap[x + from + j] * heap[scale + j] + heap[shift + j];
          heap[y + from + j] = Math.min(Math.max(value, lower), upper);
        }
      }
    },

    /**
     * Sums of dz and of dz (x - mean) over each sample; dz = dy, or after a ReLU (upper > 0) dy where 0 < scale x + shift < upper
     * and else 0. Axis: samples.
     *
     * x, dy [n, positions, c]; mean, scale, shift [c]; sums [n, 5, padded c]: the two sums, rows of zeros.
     */
    batch_norm_backward_sums(
      begin: number,
      end: number,
      x: number,
      dy: number,
      mean: number,
      scale: number,
      shift: number,
      sums: number,
      positions: number,
      c: number,
      upper: number,
    ): void {
      const width = padded(c);
      const totals = new Float64Array(SUM_ROWS * width);
      for (let sample = begin; sample < end; sample++) {
        totals.fill(0);
        for (let from = sample * positions * c; from < (sample + 1) * positions * c; from += c) {
          for (let j = 0; j < c; j++) {
            const value = heap[x + from + j];
            const z = value * heap[scale + j] + heap[shift + j];
            if (upper > 0 && !(z > 0 && z < upper)) continue;
            const gradient = heap[dy + from + j];
            totals[j] += gradient;
            totals[width + j] += gradient * (value - heap[mean + j]);
          }
        }
        heap.set(totals, sums + sample * SUM_ROWS * width);
      }
    },

    /**
     * dbeta = sum dz, dgamma = sum dz (x - mean) / sqrt(variance + epsilon), over all samples; factors = -a and a mean -
     * scale dbeta / rows, a = scale dgamma / (rows sqrt(variance + epsilon)). Axis: channels.
     *
     * sums [n, 5, padded c] of `batch_norm_backward_sums`; mean, variance, scale, dgamma, dbeta [c]; factors [2, c].
     */
    batch_norm_backward_parameters(
      begin: number,
      end: number,
      sums: number,
      mean: number,
      variance: number,
      scale: number,
      dgamma: number,
      dbeta: number,
      factors: number,
      epsilon: number,
      n: number,
      c: number,
      rows: number,
    ): void {
      const width = padded(c);
      for (let channel = begin; channel < end; channel++) {
        let sum = 0;
        let product = 0;
        for (let sample = 0; sample < n; sample++) {
          const from = sums + sample * SUM_ROWS * width + channel;
          sum += heap[from];
          product += heap[from + width];
        }
        const deviation = Math.sqrt(heap[variance + channel] + epsilon);
        const slope = (heap[scale + channel] * product) / (rows * deviation * deviation);
        heap[dbeta + channel] = sum;
        heap[dgamma + channel] = product / deviation;
        heap[factors + channel] = -slope;
        heap[factors + c + channel] = slope * heap[mean + channel] - (heap[scale + channel] * sum) / rows;
      }
    },

    /**
     * The gradient where mean and variance are those of x itself (training): dx = scale (dz - dbeta / rows - (x - mean)
     * dgamma / (rows sqrt(variance + epsilon))) = scale dz + factors[0] x + factors[1]. Axis: samples.
     *
     * x, dy, dx [n, positions, c], dx may be dy; scale, shift [c]; factors [2, c]; dz as in `batch_norm_backward_sums`.
     */
    batch_norm_backward_data(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      scale: number,
      shift: number,
      factors: number,
      positions: number,
      c: number,
      upper: number,
    ): void {
      for (let from = begin * positions * c; from < end * positions * c; from += c) {
        for (let j = 0; j < c; j++) {
          const value = heap[x + from + j];
          const factor = heap[scale + j];
          const z = value * factor + heap[shift + j];
          const through = upper === 0 || (z > 0 && z < upper);
          const gradient = through ? heap[dy + from + j] * factor : 0;
          heap[dx + from + j] = gradient + value * heap[factors + j] + heap[factors + c + j];
        }
      }
    },
  };
}
