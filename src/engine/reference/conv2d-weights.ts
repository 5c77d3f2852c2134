/**
 * Weight gradient of the 2-D convolution, direct. Layout NHWC, filters [r, s, c / groups, k].
 *
 * Tiled for speed as in conv2d.ts: two rows of dw by four filters.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernel of the convolution's weight gradient over one heap. */
export function conv2dWeightsKernels(heap: Heap) {
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
      for (let sample = 0; sample < n; sample++) {
        for (let row = begin; row < end; row += 2) {
          const row1 = Math.min(row + 1, end - 1);
          const tap0 = Math.floor(row / channels);
          const tap1 = Math.floor(row1 / channels);
          const shift0 = (Math.floor(tap0 / s) * dilationH * wp + (tap0 % s) * dilationW) * c + (row % channels);
          const shift1 = (Math.floor(tap1 / s) * dilationH * wp + (tap1 % s) * dilationW) * c + (row1 % channels);
          for (let group = 0; group < groups; group++) {
            const image = x + sample * hp * wp * c + group * channels;
            const lastFilter = (group + 1) * filters - 1;
            for (let filter = group * filters; filter <= lastFilter; filter += 4) {
              const filter1 = Math.min(filter + 1, lastFilter);
              const filter2 = Math.min(filter + 2, lastFilter);
              const filter3 = Math.min(filter + 3, lastFilter);
              let sum00 = 0;
              let sum01 = 0;
              let sum02 = 0;
              let sum03 = 0;
              let sum10 = 0;
              let sum11 = 0;
              let sum12 = 0;
              let sum13 = 0;
              for (let i = 0; i < p; i++) {
                const line = image + i * strideH * wp * c;
                let x0 = line + shift0;
                let x1 = line + shift1;
                let from = dy + (sample * p + i) * q * k;
                for (let j = 0; j < q; j++) {
                  const value0 = heap[x0];
                  const value1 = heap[x1];
                  const gradient0 = heap[from + filter];
                  const gradient1 = heap[from + filter1];
                  const gradient2 = heap[from + filter2];
                  const gradient3 = heap[from + filter3];
                  sum00 += value0 * gradient0;
                  sum01 += value0 * gradient1;
                  sum02 += value0 * gradient2;
                  sum03 += value0 * gradient3;
                  sum10 += value1 * gradient0;
                  sum11 += value1 * gradient1;
                  sum12 += value1 * gradient2;
                  sum13 += value1 * gradient3;
                  x0 += strideW * c;
                  x1 += strideW * c;
                  from += k;
                }
              }
              // Read all eight before writing: at an edge some of them are the same element.
              const to0 = (row - begin) * k;
              const to1 = (row1 - begin) * k;
              sum00 += sums[to0 + filter];
              sum01 += sums[to0 + filter1];
              sum02 += sums[to0 + filter2];
              sum03 += sums[to0 + filter3];
              sum10 += sums[to1 + filter];
              sum11 += sums[to1 + filter1];
              sum12 += sums[to1 + filter2];
              sum13 += sums[to1 + filter3];
              sums[to0 + filter] = sum00;
              sums[to0 + filter1] = sum01;
              sums[to0 + filter2] = sum02;
              sums[to0 + filter3] = sum03;
              sums[to1 + filter] = sum10;
              sums[to1 + filter1] = sum11;
              sums[to1 + filter2] = sum12;
              sums[to1 + filter3] = sum13;
            }
          }
        }
      }
      heap.set(sums, dw + begin * k);
    },
  };
}
