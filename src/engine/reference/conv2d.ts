/**
 * 2-D convolution, direct: no im2col, the input is padded beforehand. Layout NHWC, filters [r, s, c / groups, k].
 *
 * Tiled for speed: see `product-tile.ts`.
 *
 * @module
 */

import type { Heap } from "./heap.ts";
import { addProducts, boundTile, clearTile, newTile, startTile, storeTile } from "./product-tile.ts";

/** The convolution kernels over one heap. */
export function conv2dKernels(heap: Heap) {
  const tile = newTile();
  return {
    /**
     * y[i, j, filter] = min(max(bias + sum over taps and channels of x[i strideH + tapRow dilationH, j strideW + tapColumn
     * dilationW, channel] w[tapRow, tapColumn, channel, filter], lower), upper), the channels being those of the filter's
     * group. lower = -Infinity and upper = Infinity for no clamp; NaN stays. Axis: samples.
     *
     * x [n, hp, wp, c], padded; w [r, s, c / groups, k]; panels unused here; bias 0 for none, else [k] with biasStride
     * 0, or one per output position, [p, q, k], with biasStride k; y [n, p, q, k]. 2 n p q k r s c / groups operations.
     */
    conv2d_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      _panels: number,
      bias: number,
      biasStride: number,
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
      dilationH: number,
      dilationW: number,
      groups: number,
      lower: number,
      upper: number,
    ): void {
      const channels = c / groups;
      const filters = k / groups;
      const lastPosition = p * q - 1;
      const runs = new Int32Array(2 * r * s);
      for (let tap = 0; tap < r * s; tap++) {
        runs[2 * tap] = (Math.floor(tap / s) * dilationH * wp + (tap % s) * dilationW) * c;
        runs[2 * tap + 1] = tap * channels * k;
      }
      for (let sample = begin; sample < end; sample++) {
        for (let group = 0; group < groups; group++) {
          const image = x + sample * hp * wp * c + group * channels;
          const last = (group + 1) * filters - 1;
          for (let filter = group * filters; filter <= last; filter += 4) {
            for (let position = 0; position <= lastPosition; position += 2) {
              const position1 = Math.min(position + 1, lastPosition);
              const corner0 = image + (Math.floor(position / q) * strideH * wp + (position % q) * strideW) * c;
              const corner1 = image + (Math.floor(position1 / q) * strideH * wp + (position1 % q) * strideW) * c;
              startTile(heap, tile, bias, position * biasStride, position1 * biasStride, filter, last);
              addProducts(heap, tile, corner0, corner1, w, filter, last, 1, runs, r * s, channels, 1, k);
              const image0 = y + sample * p * q * k;
              boundTile(tile, lower, upper);
              storeTile(heap, tile, image0 + position * k, image0 + position1 * k, filter, last);
            }
          }
        }
      }
    },

    /**
     * dx[i, j, channel] = sum over the taps and filters of dy[row, column, filter] w[tapRow, tapColumn, channel,
     * filter], where row = (i + padTop - tapRow dilationH) / strideH and column = (j + padLeft - tapColumn dilationW) /
     * strideW; a tap counts only where both are whole and the row is one of dy's. Axis: samples.
     *
     * dy [n, p, wd, k], padded with columns of zeros so that output column 0 lies at haloLeft; w [r, s, c / groups, k];
     * panels unused here; dx [n, height, width, c]. 2 n p q k r s c / groups operations.
     */
    conv2d_backward_data(
      begin: number,
      end: number,
      dy: number,
      w: number,
      _panels: number,
      dx: number,
      height: number,
      width: number,
      c: number,
      p: number,
      wd: number,
      k: number,
      r: number,
      s: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
      padTop: number,
      padLeft: number,
      haloLeft: number,
      groups: number,
    ): void {
      const channels = c / groups;
      const filters = k / groups;
      const runs = new Int32Array(2 * r * s);
      for (let row = begin * height; row < end * height; row++) {
        const i = row % height;
        const image = dy + (Math.floor(row / height) * p * wd + haloLeft) * k;
        // Columns strideW apart meet the same taps: a tile holds two such neighbours.
        for (let column = 0; column < width; column++) {
          if (Math.floor(column / strideW) % 2 === 1) continue;
          let count = 0;
          for (let tapRow = 0; tapRow < r; tapRow++) {
            const down = i + padTop - tapRow * dilationH;
            if (down % strideH !== 0 || down < 0 || down >= p * strideH) continue;
            for (let tapColumn = 0; tapColumn < s; tapColumn++) {
              const across = column + padLeft - tapColumn * dilationW;
              if (across % strideW !== 0) continue;
              runs[2 * count] = ((down / strideH) * wd + across / strideW) * k;
              runs[2 * count + 1] = (tapRow * s + tapColumn) * channels * k;
              count++;
            }
          }
          const column1 = column + strideW < width ? column + strideW : column;
          const apart = column1 === column ? 0 : k;
          for (let group = 0; group < groups; group++) {
            const left = image + group * filters;
            const to = dx + row * width * c + group * channels;
            for (let channel = 0; channel < channels; channel += 4) {
              clearTile(tile);
              const right = w + group * filters;
              addProducts(heap, tile, left, left + apart, right, channel, channels - 1, k, runs, count, filters, 1, 1);
              storeTile(heap, tile, to + column * c, to + column1 * c, channel, channels - 1);
            }
          }
        }
      }
    },
  };
}
