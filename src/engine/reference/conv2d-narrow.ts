/**
 * Convolution of images with few channels, alone or with 2 x 2 max pooling. Layout NHWC, filters [r, s, c, k].
 *
 * @module
 */

import { FIRST_PLACE } from "../kernel-sizes.ts";
import { conv2dKernels } from "./conv2d.ts";
import type { Heap } from "./heap.ts";

/** The kernels for few input channels over one heap. */
export function conv2dNarrowKernels(heap: Heap) {
  const { conv2d_forward: convolve } = conv2dKernels(heap);

  return {
    /**
     * y[i, j, filter] = max(bias + sum over taps and channels of x[i strideH + tapRow, j strideW + tapColumn, channel]
     * w[tapRow, tapColumn, channel, filter], lower). lower = -Infinity for no clamp; NaN stays. Axis: samples.
     *
     * x [n, hp, wp, c], padded; w [r, s, c, k]; bias 0 for none, else [k]; y [n, p, q, k]. 2 n p q k r s c operations.
     */
    conv2d_narrow_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      bias: number,
      y: number,
      hp: number,
      wp: number,
      c: number,
      p: number,
      q: number,
      k: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      lower: number,
    ): void {
      convolve(
        begin,
        end,
        x,
        w,
        0,
        bias,
        0,
        y,
        hp,
        wp,
        c,
        p,
        q,
        k,
        r,
        s,
        strideH,
        strideW,
        1,
        1,
        1,
        lower,
        Number.POSITIVE_INFINITY,
      );
    },

    /**
     * `conv2d_narrow_forward`, then the maximum of each 2 x 2 window of outputs, side by side; an odd last row or
     * column is left out. Axis: samples.
     *
     * y [n, p / 2, q / 2, k], rounded down. places, of y's shape or 0 for none: 2^23 + 4 times the distance in x from
     * what the window's first output covers to what its first largest one covers.
     */
    conv2d_narrow_pool_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      bias: number,
      y: number,
      places: number,
      hp: number,
      wp: number,
      c: number,
      p: number,
      q: number,
      k: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      lower: number,
    ): void {
      const height = Math.floor(p / 2);
      const width = Math.floor(q / 2);
      const right = strideW * c;
      const down = strideH * wp * c;
      const length = s * c;
      for (let window = begin * height * width; window < end * height * width; window++) {
        const row = Math.floor(window / width);
        const corner =
          x + Math.floor(row / height) * hp * wp * c + 2 * ((row % height) * down + (window % width) * right);
        for (let filter = 0; filter < k; filter++) {
          const start = bias === 0 ? 0 : heap[bias + filter];
          let sum00 = start;
          let sum01 = start;
          let sum10 = start;
          let sum11 = start;
          let weight = w + filter;
          for (let i = 0; i < r; i++) {
            const line = corner + i * wp * c;
            for (let at = line; at < line + length; at++) {
              const value = heap[weight];
              sum00 += heap[at] * value;
              sum01 += heap[at + right] * value;
              sum10 += heap[at + down] * value;
              sum11 += heap[at + down + right] * value;
              weight += k;
            }
          }
          const upper = Math.max(sum00, sum01);
          const under = Math.max(sum10, sum11);
          const to = window * k + filter;
          heap[y + to] = Math.max(upper, under, lower);
          if (places !== 0) {
            const place = under > upper ? down + (sum11 > sum10 ? right : 0) : sum01 > sum00 ? right : 0;
            heap[places + to] = FIRST_PLACE + 4 * place;
          }
        }
      }
    },

    /**
     * dw[tapRow, tapColumn, channel, filter] = sum over samples and windows of dy[window, filter] times that element of x
     * which the tap meets in what the window's largest output covers: the gradient of `conv2d_narrow_pool_forward`,
     * which passes over the outputs that get none. Axis: filters.
     *
     * x [n, hp, wp, c], padded; places and dy [n, p / 2, q / 2, k], dy the gradient of the maxima before the clamp;
     * dw [r, s, c, k]. n p q k r s c / 2 operations.
     */
    conv2d_narrow_pool_backward_weights(
      begin: number,
      end: number,
      x: number,
      places: number,
      dy: number,
      dw: number,
      n: number,
      hp: number,
      wp: number,
      c: number,
      p: number,
      q: number,
      k: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
    ): void {
      const height = Math.floor(p / 2);
      const width = Math.floor(q / 2);
      const taps = r * s * c;
      const sums = new Float64Array(taps);
      for (let filter = begin; filter < end; filter++) {
        sums.fill(0);
        for (let window = 0; window < n * height * width; window++) {
          const gradient = heap[dy + window * k + filter];
          if (gradient === 0) continue;
          const row = Math.floor(window / width);
          const corner =
            x +
            Math.floor(row / height) * hp * wp * c +
            2 * ((row % height) * strideH * wp + (window % width) * strideW) * c +
            (heap[places + window * k + filter] - FIRST_PLACE) / 4;
          for (let i = 0, tap = 0; i < r; i++) {
            const line = corner + i * wp * c;
            for (let at = line; at < line + s * c; at++, tap++) sums[tap] += gradient * heap[at];
          }
        }
        for (let tap = 0; tap < taps; tap++) heap[dw + tap * k + filter] = sums[tap];
      }
    },
  };
}
