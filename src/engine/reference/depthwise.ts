/**
 * Depthwise convolution: one filter per channel, w [r, s, 1, c]. All inner loops run over the channels, which are
 * contiguous.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The depthwise convolution kernels over one heap. */
export function depthwiseKernels(heap: Heap) {
  return {
    /**
     * y[i, j, channel] = min(max(bias + sum over taps of x[i strideH + tapRow dilationH - padTop, j strideW + tapColumn dilationW -
     * padLeft, channel] w[tapRow, tapColumn, channel], lower), upper); lower = -Infinity and upper = Infinity for no clamp; NaN stays; a
     * tap counts only where it lies in x. Axis: samples.
     *
     * x [n, h, width, c]; w [r, s, 1, c]; bias 0 for none, else [c] with biasStride 0, or [p, q, c] with
     * biasStride c; y [n, p, q, c]. 2 n p q r s c operations.
     */
    depthwise_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      bias: number,
      biasStride: number,
      y: number,
      h: number,
      width: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
      padTop: number,
      padLeft: number,
      lower: number,
      upper: number,
    ): void {
      const sums = new Float64Array(c);
      for (let sample = begin; sample < end; sample++) {
        for (let position = 0; position < p * q; position++) {
          const top = Math.floor(position / q) * strideH - padTop;
          const left = (position % q) * strideW - padLeft;
          const biases = bias + position * biasStride;
          for (let channel = 0; channel < c; channel++) sums[channel] = bias === 0 ? 0 : heap[biases + channel];
          for (let tapRow = 0; tapRow < r; tapRow++) {
            const row = top + tapRow * dilationH;
            if (row < 0 || row >= h) continue;
            for (let tapColumn = 0; tapColumn < s; tapColumn++) {
              const column = left + tapColumn * dilationW;
              if (column < 0 || column >= width) continue;
              const from = x + ((sample * h + row) * width + column) * c;
              const tap = w + (tapRow * s + tapColumn) * c;
              for (let channel = 0; channel < c; channel++) sums[channel] += heap[from + channel] * heap[tap + channel];
            }
          }
          const to = y + (sample * p * q + position) * c;
          for (let channel = 0; channel < c; channel++) {
            const sum = sums[channel];
            heap[to + channel] = Math.min(Math.max(sum, lower), upper);
          }
        }
      }
    },

    /**
     * dx[i, j, channel] = sum over the taps of dy[row, column, channel] w[tapRow, tapColumn, channel], where row = (i +
     * padTop - tapRow dilationH) / strideH and column = (j + padLeft - tapColumn dilationW) / strideW; a tap counts
     * only where both are whole and lie in dy. Axis: samples.
     *
     * dy [n, p, q, c]; w [r, s, 1, c]; dx [n, height, width, c]. 2 n p q r s c operations.
     */
    depthwise_backward_data(
      begin: number,
      end: number,
      dy: number,
      w: number,
      dx: number,
      height: number,
      width: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
      padTop: number,
      padLeft: number,
    ): void {
      const sums = new Float64Array(c);
      for (let row = begin * height; row < end * height; row++) {
        const i = row % height;
        const image = dy + Math.floor(row / height) * p * q * c;
        for (let column = 0; column < width; column++) {
          sums.fill(0);
          for (let tapRow = 0; tapRow < r; tapRow++) {
            const down = i + padTop - tapRow * dilationH;
            if (down % strideH !== 0 || down < 0 || down >= p * strideH) continue;
            for (let tapColumn = 0; tapColumn < s; tapColumn++) {
              const across = column + padLeft - tapColumn * dilationW;
              if (across % strideW !== 0 || across < 0 || across >= q * strideW) continue;
              const from = image + ((down / strideH) * q + across / strideW) * c;
              const tap = w + (tapRow * s + tapColumn) * c;
              for (let channel = 0; channel < c; channel++) sums[channel] += heap[from + channel] * heap[tap + channel];
            }
          }
          heap.set(sums, dx + (row * width + column) * c);
        }
      }
    },

    /**
     * dw[tapRow, tapColumn, channel] = sum over samples and output positions (i, j) of x[i strideH + tapRow dilationH,
     * j strideW + tapColumn dilationW, channel] dy[i, j, channel]. Axis: weights, the channels.
     *
     * x [n, hp, wp, c], padded as in the forward pass; dy [n, p, q, c]; dw [r, s, 1, c]. 2 n p q r s c operations.
     */
    depthwise_backward_weights(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dw: number,
      n: number,
      hp: number,
      wp: number,
      c: number,
      p: number,
      q: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
    ): void {
      const count = end - begin;
      const sums = new Float64Array(count);
      for (let tap = 0; tap < r * s; tap++) {
        const shift = Math.floor(tap / s) * dilationH * wp + (tap % s) * dilationW;
        sums.fill(0);
        for (let sample = 0; sample < n; sample++) {
          for (let position = 0; position < p * q; position++) {
            const corner = Math.floor(position / q) * strideH * wp + (position % q) * strideW;
            const from = x + (sample * hp * wp + corner + shift) * c + begin;
            const gradients = dy + (sample * p * q + position) * c + begin;
            for (let j = 0; j < count; j++) sums[j] += heap[from + j] * heap[gradients + j];
          }
        }
        heap.set(sums, dw + tap * c + begin);
      }
    },
  };
}
