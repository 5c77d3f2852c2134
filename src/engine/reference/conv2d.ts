/**
 * 2-D convolution, direct: no im2col, the input is padded beforehand. Layout NHWC, filters [r, s, c / groups, k].
 *
 * Tiled for speed: 2 x 4 results at a time are held in local variables, so that six loads serve eight multiplications. V8
 * keeps them in registers only as variables of one function, so each kernel spells its tile out.
 * A tile at the edge repeats the last row or column instead of having code of its own: it computes the same value
 * twice. Every result is one sum in one order, so cutting the axis elsewhere changes no bit.
 *
 * @module
 */

import { biasValue, type Heap } from "./heap.ts";

/** The convolution kernels over one heap. */
export function conv2dKernels(heap: Heap) {
  return {
    /**
     * y[i, j, filter] = max(bias + sum over taps and channels of x[i strideH + tapRow dilationH, j strideW + tapColumn
     * dilationW, channel] w[tapRow, tapColumn, channel, filter], lower), the channels being those of the filter's
     * group. lower = -Infinity for no clamp; NaN stays. Axis: samples.
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
    ): void {
      const channels = c / groups;
      const filters = k / groups;
      const lastPosition = p * q - 1;
      for (let sample = begin; sample < end; sample++) {
        for (let group = 0; group < groups; group++) {
          const image = x + sample * hp * wp * c + group * channels;
          const lastFilter = (group + 1) * filters - 1;
          for (let filter = group * filters; filter <= lastFilter; filter += 4) {
            const filter1 = Math.min(filter + 1, lastFilter);
            const filter2 = Math.min(filter + 2, lastFilter);
            const filter3 = Math.min(filter + 3, lastFilter);
            for (let position = 0; position <= lastPosition; position += 2) {
              const position1 = Math.min(position + 1, lastPosition);
              const corner0 = image + (Math.floor(position / q) * strideH * wp + (position % q) * strideW) * c;
              const corner1 = image + (Math.floor(position1 / q) * strideH * wp + (position1 % q) * strideW) * c;
              const bias0 = position * biasStride;
              const bias1 = position1 * biasStride;
              let sum00 = biasValue(heap, bias, bias0 + filter);
              let sum01 = biasValue(heap, bias, bias0 + filter1);
              let sum02 = biasValue(heap, bias, bias0 + filter2);
              let sum03 = biasValue(heap, bias, bias0 + filter3);
              let sum10 = biasValue(heap, bias, bias1 + filter);
              let sum11 = biasValue(heap, bias, bias1 + filter1);
              let sum12 = biasValue(heap, bias, bias1 + filter2);
              let sum13 = biasValue(heap, bias, bias1 + filter3);
              for (let tap = 0; tap < r * s; tap++) {
                const shift = (Math.floor(tap / s) * dilationH * wp + (tap % s) * dilationW) * c;
                const x0 = corner0 + shift;
                const x1 = corner1 + shift;
                let row = w + tap * channels * k;
                for (let channel = 0; channel < channels; channel++) {
                  const value0 = heap[x0 + channel];
                  const value1 = heap[x1 + channel];
                  const weight0 = heap[row + filter];
                  const weight1 = heap[row + filter1];
                  const weight2 = heap[row + filter2];
                  const weight3 = heap[row + filter3];
                  sum00 += value0 * weight0;
                  sum01 += value0 * weight1;
                  sum02 += value0 * weight2;
                  sum03 += value0 * weight3;
                  sum10 += value1 * weight0;
                  sum11 += value1 * weight1;
                  sum12 += value1 * weight2;
                  sum13 += value1 * weight3;
                  row += k;
                }
              }
              const y0 = y + (sample * p * q + position) * k;
              const y1 = y + (sample * p * q + position1) * k;
              heap[y0 + filter] = Math.max(sum00, lower);
              heap[y0 + filter1] = Math.max(sum01, lower);
              heap[y0 + filter2] = Math.max(sum02, lower);
              heap[y0 + filter3] = Math.max(sum03, lower);
              heap[y1 + filter] = Math.max(sum10, lower);
              heap[y1 + filter1] = Math.max(sum11, lower);
              heap[y1 + filter2] = Math.max(sum12, lower);
              heap[y1 + filter3] = Math.max(sum13, lower);
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
      for (let row = begin * height; row < end * height; row++) {
        const i = row % height;
        const image = dy + Math.floor(row / height) * p * wd * k;
        // Columns strideW apart meet the same taps: a tile holds two such neighbours.
        for (let column = 0; column < width; column++) {
          if (Math.floor(column / strideW) % 2 === 1) continue;
          const column1 = column + strideW < width ? column + strideW : column;
          const apart = column1 === column ? 0 : k;
          for (let group = 0; group < groups; group++) {
            for (let channel = 0; channel < channels; channel += 4) {
              const channel1 = Math.min(channel + 1, channels - 1);
              const channel2 = Math.min(channel + 2, channels - 1);
              const channel3 = Math.min(channel + 3, channels - 1);
              let sum00 = 0;
              let sum01 = 0;
              let sum02 = 0;
              let sum03 = 0;
              let sum10 = 0;
              let sum11 = 0;
              let sum12 = 0;
              let sum13 = 0;
              for (let tapRow = 0; tapRow < r; tapRow++) {
                const down = i + padTop - tapRow * dilationH;
                if (down % strideH !== 0 || down < 0 || down >= p * strideH) continue;
                for (let tapColumn = 0; tapColumn < s; tapColumn++) {
                  const across = column + padLeft - tapColumn * dilationW;
                  if (across % strideW !== 0) continue;
                  const position = (down / strideH) * wd + across / strideW + haloLeft;
                  const dy0 = image + position * k + group * filters;
                  const dy1 = dy0 + apart;
                  const tap = w + (tapRow * s + tapColumn) * channels * k + group * filters;
                  const w0 = tap + channel * k;
                  const w1 = tap + channel1 * k;
                  const w2 = tap + channel2 * k;
                  const w3 = tap + channel3 * k;
                  for (let filter = 0; filter < filters; filter++) {
                    const value0 = heap[dy0 + filter];
                    const value1 = heap[dy1 + filter];
                    const weight0 = heap[w0 + filter];
                    const weight1 = heap[w1 + filter];
                    const weight2 = heap[w2 + filter];
                    const weight3 = heap[w3 + filter];
                    sum00 += value0 * weight0;
                    sum01 += value0 * weight1;
                    sum02 += value0 * weight2;
                    sum03 += value0 * weight3;
                    sum10 += value1 * weight0;
                    sum11 += value1 * weight1;
                    sum12 += value1 * weight2;
                    sum13 += value1 * weight3;
                  }
                }
              }
              const dx0 = dx + (row * width + column) * c + group * channels;
              const dx1 = dx + (row * width + column1) * c + group * channels;
              heap[dx0 + channel] = sum00;
              heap[dx0 + channel1] = sum01;
              heap[dx0 + channel2] = sum02;
              heap[dx0 + channel3] = sum03;
              heap[dx1 + channel] = sum10;
              heap[dx1 + channel1] = sum11;
              heap[dx1 + channel2] = sum12;
              heap[dx1 + channel3] = sum13;
            }
          }
        }
      }
    },
  };
}
