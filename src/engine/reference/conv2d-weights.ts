/**
 * Weight gradient of the 2-D convolution, direct. Layout NHWC, filters [r, s, c / groups, k].
 *
 * Tiled for speed, two rows of dw by four filters: see `product-tile.ts`.
 *
 * @module
 */

import type { Heap } from "./heap.ts";
import { addProducts, addTile, clearTile, newTile } from "./product-tile.ts";

/** The kernel of the convolution's weight gradient over one heap. */
export function conv2dWeightsKernels(heap: Heap) {
  const tile = newTile();
  return {
    /**
     * dw[tapRow, tapColumn, channel, filter] = sum over samples and output positions (i, j) of x[i strideH + tapRow
     * dilationH, j strideW + tapColumn dilationW, channel] dy[i, j, filter]. Axis: the r * s * c / groups rows of dw.
     *
     * x [n, hp, wp, c], padded as in the forward pass; dy [n, p, q, k]; dw [r, s, c / groups, k]. 2 n p q k r s c /
     * groups operations. The samples are the outer loop, so that one sample's data stays in the cache.
     */
    conv2d_backward_weights(
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
      k: number,
      _r: number,
      s: number,
      strideH: number,
      strideW: number,
      dilationH: number,
      dilationW: number,
      groups: number,
    ): void {
      const channels = c / groups;
      const filters = k / groups;
      const sums = new Float64Array((end - begin) * k);
      const runs = new Int32Array(2 * p);
      for (let sample = 0; sample < n; sample++) {
        for (let i = 0; i < p; i++) {
          runs[2 * i] = i * strideH * wp * c;
          runs[2 * i + 1] = (sample * p + i) * q * k;
        }
        for (let row = begin; row < end; row += 2) {
          const row1 = Math.min(row + 1, end - 1);
          const tap0 = Math.floor(row / channels);
          const tap1 = Math.floor(row1 / channels);
          const shift0 = (Math.floor(tap0 / s) * dilationH * wp + (tap0 % s) * dilationW) * c + (row % channels);
          const shift1 = (Math.floor(tap1 / s) * dilationH * wp + (tap1 % s) * dilationW) * c + (row1 % channels);
          for (let group = 0; group < groups; group++) {
            const image = x + sample * hp * wp * c + group * channels;
            const last = (group + 1) * filters - 1;
            for (let filter = group * filters; filter <= last; filter += 4) {
              clearTile(tile);
              addProducts(heap, tile, image + shift0, image + shift1, dy, filter, last, 1, runs, p, q, strideW * c, k);
              addTile(sums, tile, (row - begin) * k, (row1 - begin) * k, filter, last);
            }
          }
        }
      }
      heap.set(sums, dw + begin * k);
    },
  };
}
