/**
 * Layer normalization of rows (Ba et al., 2016) and group normalization of channels (Wu & He, 2018), each sample by itself.
 *
 * @module
 */

import { SUM_ROWS } from "../kernel-sizes.ts";
import { padded } from "../padded.ts";
import type { Heap } from "./heap.ts";

/** The kernels of layer and group normalisation over one heap. */
export function sampleNormKernels(heap: Heap) {
  /** Mean and 1 / sqrt(biased variance + epsilon) of the elements at `places`. */
  function statisticsOf(places: readonly number[], epsilon: number): [mean: number, factor: number] {
    const mean = places.reduce((sum, at) => sum + heap[at], 0) / places.length;
    const variance = places.reduce((sum, at) => sum + (heap[at] - mean) ** 2, 0) / places.length;
    return [mean, 1 / Math.sqrt(variance + epsilon)];
  }

  /** A number of a parameter; `missing` where there is no parameter, whose offset is 0. */
  function parameterAt(offset: number, i: number, missing: number): number {
    return offset === 0 ? missing : heap[offset + i];
  }

  /** The elements of a run. */
  function run(first: number, length: number): number[] {
    return Array.from({ length }, (_, i) => first + i);
  }

  /** The elements of a group of channels, from the first one's on. */
  function groupAt(first: number, positions: number, c: number, width: number): number[] {
    return Array.from({ length: positions }, (_, position) => run(first + position * c, width)).flat();
  }

  return {
    /**
     * y = gamma (x - mean) / sqrt(variance + epsilon) + beta in each row. Axis: samples.
     *
     * x, y [n, rows, size]; statistics [n, rows, 2]: mean, 1 / sqrt(variance + epsilon); gamma, beta (0: none) [size].
     */
    layer_norm_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      statistics: number,
      gamma: number,
      beta: number,
      rows: number,
      size: number,
      epsilon: number,
    ): void {
      for (let row = begin * rows; row < end * rows; row++) {
        const [mean, factor] = statisticsOf(run(x + row * size, size), epsilon);
        heap[statistics + 2 * row] = mean;
        heap[statistics + 2 * row + 1] = factor;
        for (let i = 0; i < size; i++) {
          heap[y + row * size + i] =
            (heap[x + row * size + i] - mean) * factor * parameterAt(gamma, i, 1) + parameterAt(beta, i, 0);
        }
      }
    },

    /**
     * With z = (x - mean) d, d = 1 / sqrt(variance + epsilon), g = dy gamma: dx = d (g - mean of g - z mean of g z); sums of dy
     * and dy z over the rows of a sample. Axis: samples.
     *
     * x, dy, dx (0: not wanted) [n, rows, size]; statistics of `layer_norm_forward`; sums (0: not wanted) [n, 5, padded size], of
     * a single row [n, 2, padded size]: the two, zeros.
     */
    layer_norm_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      statistics: number,
      gamma: number,
      sums: number,
      rows: number,
      size: number,
    ): void {
      const width = padded(size);
      const pitch = (rows > 1 ? SUM_ROWS : 2) * width;
      if (sums !== 0) heap.fill(0, sums + begin * pitch, sums + end * pitch);
      for (let row = begin * rows; row < end * rows; row++) {
        const mean = heap[statistics + 2 * row];
        const factor = heap[statistics + 2 * row + 1];
        const first = row * size;
        const to = sums + Math.floor(row / rows) * pitch;
        let sum = 0;
        let products = 0;
        for (let i = 0; i < size; i++) {
          const normal = (heap[x + first + i] - mean) * factor;
          const gradient = heap[dy + first + i];
          sum += gradient * parameterAt(gamma, i, 1);
          products += gradient * parameterAt(gamma, i, 1) * normal;
          if (sums === 0) continue;
          heap[to + i] += gradient;
          heap[to + width + i] += gradient * normal;
        }
        if (dx === 0) continue;
        for (let i = 0; i < size; i++) {
          const normal = (heap[x + first + i] - mean) * factor;
          const gradient = heap[dy + first + i] * parameterAt(gamma, i, 1);
          heap[dx + first + i] = factor * (gradient - sum / size - (normal * products) / size);
        }
      }
    },

    /**
     * dbeta, dgamma = sums over the samples of the two rows of their sums. Axis: channels.
     *
     * sums [n, pitch]; dgamma, dbeta (0: not wanted) [c].
     */
    sample_norm_parameters(
      begin: number,
      end: number,
      sums: number,
      dgamma: number,
      dbeta: number,
      n: number,
      c: number,
      pitch: number,
    ): void {
      const width = padded(c);
      for (let channel = begin; channel < end; channel++) {
        let beta = 0;
        let gamma = 0;
        for (let sample = 0; sample < n; sample++) {
          beta += heap[sums + sample * pitch + channel];
          gamma += heap[sums + sample * pitch + width + channel];
        }
        if (dbeta !== 0) heap[dbeta + channel] = beta;
        if (dgamma !== 0) heap[dgamma + channel] = gamma;
      }
    },

    /**
     * y = gamma (x - mean) / sqrt(variance + epsilon) + beta in each group of neighbouring channels. Axis: samples.
     *
     * x, y [n, positions, c]; moments of `batch_norm_moments`; folded [n, 4, c]: scale, shift, mean, 1 / sqrt(variance +
     * epsilon); gamma, beta (0: none) [c].
     */
    group_norm_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      moments: number,
      folded: number,
      gamma: number,
      beta: number,
      positions: number,
      c: number,
      groups: number,
      epsilon: number,
    ): void {
      const width = c / groups;
      const row = padded(c);
      for (let sample = begin; sample < end; sample++) {
        const from = moments + sample * SUM_ROWS * row;
        const to = folded + 4 * sample * c;
        for (let first = 0; first < c; first += width) {
          const channels = run(first, width);
          const meanOf = (channel: number) => heap[from + channel] + heap[from + 2 * row + channel];
          const mean = channels.reduce((sum, channel) => sum + meanOf(channel), 0) / width;
          const squares = channels.reduce(
            (sum, channel) => sum + heap[from + row + channel] + positions * (meanOf(channel) - mean) ** 2,
            0,
          );
          const factor = 1 / Math.sqrt(squares / (positions * width) + epsilon);
          for (const channel of channels) {
            const scale = factor * parameterAt(gamma, channel, 1);
            heap[to + channel] = scale;
            heap[to + c + channel] = parameterAt(beta, channel, 0) - mean * scale;
            heap[to + 2 * c + channel] = mean;
            heap[to + 3 * c + channel] = factor;
          }
        }
        for (let position = 0; position < positions; position++) {
          const offset = (sample * positions + position) * c;
          for (let j = 0; j < c; j++) heap[y + offset + j] = heap[x + offset + j] * heap[to + j] + heap[to + c + j];
        }
      }
    },

    /**
     * As `layer_norm_backward`, for groups of channels: dx, and the sums of dy and dy z over a sample's positions. Axis: samples.
     *
     * x, dy, dx (0: not wanted) [n, positions, c]; folded of `group_norm_forward`; gamma (0: none) [c]; sums [n, 5, padded c]: the two, the
     * factors of x and of 1 in dx, zeros.
     */
    group_norm_backward(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dx: number,
      folded: number,
      gamma: number,
      sums: number,
      positions: number,
      c: number,
      groups: number,
    ): void {
      const width = c / groups;
      const row = padded(c);
      for (let sample = begin; sample < end; sample++) {
        const from = folded + 4 * sample * c;
        const to = sums + sample * SUM_ROWS * row;
        const image = sample * positions * c;
        heap.fill(0, to, to + SUM_ROWS * row);
        for (let first = 0; first < c; first += width) {
          const mean = heap[from + 2 * c + first];
          const factor = heap[from + 3 * c + first];
          let sum = 0;
          let products = 0;
          for (const at of groupAt(image + first, positions, c, width)) {
            const channel = at % c;
            const normal = (heap[x + at] - mean) * factor;
            heap[to + channel] += heap[dy + at];
            heap[to + row + channel] += heap[dy + at] * normal;
            sum += heap[dy + at] * parameterAt(gamma, channel, 1);
            products += heap[dy + at] * parameterAt(gamma, channel, 1) * normal;
          }
          const count = positions * width;
          const slope = (-factor * factor * products) / count;
          for (const channel of run(first, width)) {
            heap[to + 2 * row + channel] = slope;
            heap[to + 3 * row + channel] = -slope * mean - (factor * sum) / count;
          }
        }
        if (dx === 0) continue;
        for (let at = image; at < image + positions * c; at++) {
          const channel = at % c;
          const rest = heap[x + at] * heap[to + 2 * row + channel] + heap[to + 3 * row + channel];
          heap[dx + at] = heap[dy + at] * heap[from + channel] + rest;
        }
      }
    },
  };
}
