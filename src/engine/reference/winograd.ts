/**
 * Convolutions of 3 x 3 filters with stride 1, as the definition has them: the WebAssembly kernels of these names use
 * Winograd's filtering, and these are what their results are measured by. Layout NHWC, filters [3, 3, c, k]; the input is
 * not padded: taps outside are left out.
 *
 * Tiled for speed as in conv2d.ts, 2 x 4 results at a time. Two columns share a tile where
 * they meet the same taps; every result is one sum in one order.
 *
 * @module
 */

import { biasValue, type Heap } from "./heap.ts";

/** The first and the one past the last of three taps that meet `size` elements, the first tap lying on element `at`. */
function tapsAt(at: number, size: number): readonly [first: number, end: number] {
  return [Math.max(0, -at), Math.min(3, size - at)];
}

/** The kernels of 3 x 3 convolutions and their data gradients over one heap. */
export function winogradKernels(heap: Heap) {
  return {
    /**
     * y[i, j, filter] = max(bias + sum over taps and channels of x[i + tapRow - padTop, j + tapColumn - padLeft, channel]
     * w[tapRow, tapColumn, channel, filter], lower). lower = -Infinity for no clamp; NaN stays. Axis: samples.
     *
     * x [n, height, width, c]; w [3, 3, c, k]; panels and scratch unused here; bias 0 for none, else [k] with biasStride 0,
     * or one per output position, [p, q, k], with biasStride k; y [n, p, q, k]. 18 n p q c k operations.
     */
    winograd_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      _panels: number,
      bias: number,
      biasStride: number,
      y: number,
      height: number,
      width: number,
      c: number,
      p: number,
      q: number,
      k: number,
      padTop: number,
      padLeft: number,
      lower: number,
      _scratch: number,
    ): void {
      for (let line = begin * p; line < end * p; line++) {
        const i = line % p;
        const top = i - padTop;
        const [firstRow, endRow] = tapsAt(top, height);
        const image = x + (Math.floor(line / p) * height + top) * width * c;
        for (let j = 0, next = 0; j < q; j = next) {
          const left = j - padLeft;
          const [firstColumn, endColumn] = tapsAt(left, width);
          const pair = j + 1 < q && left >= 0 && left + 4 <= width;
          next = j + (pair ? 2 : 1);
          const apart = pair ? 1 : 0;
          const bias0 = (i * q + j) * biasStride;
          const bias1 = bias0 + apart * biasStride;
          for (let filter = 0; filter < k; filter += 4) {
            const filter1 = Math.min(filter + 1, k - 1);
            const filter2 = Math.min(filter + 2, k - 1);
            const filter3 = Math.min(filter + 3, k - 1);
            let sum00 = biasValue(heap, bias, bias0 + filter);
            let sum01 = biasValue(heap, bias, bias0 + filter1);
            let sum02 = biasValue(heap, bias, bias0 + filter2);
            let sum03 = biasValue(heap, bias, bias0 + filter3);
            let sum10 = biasValue(heap, bias, bias1 + filter);
            let sum11 = biasValue(heap, bias, bias1 + filter1);
            let sum12 = biasValue(heap, bias, bias1 + filter2);
            let sum13 = biasValue(heap, bias, bias1 + filter3);
            for (let tapRow = firstRow; tapRow < endRow; tapRow++) {
              for (let tapColumn = firstColumn; tapColumn < endColumn; tapColumn++) {
                const x0 = image + (tapRow * width + left + tapColumn) * c;
                const x1 = x0 + apart * c;
                let row = w + (tapRow * 3 + tapColumn) * c * k;
                for (let channel = 0; channel < c; channel++) {
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
            }
            const y0 = y + (line * q + j) * k;
            const y1 = y0 + apart * k;
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
    },

    /**
     * dx[i, j, channel] = sum over the taps and filters of dy[i + padTop - tapRow, j + padLeft - tapColumn, filter]
     * w[tapRow, tapColumn, channel, filter]. Axis: samples.
     *
     * dy [n, p, q, k]; w [3, 3, c, k]; panels and scratch unused here; dx [n, height, width, c]. 18 n p q c k operations.
     */
    winograd_backward_data(
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
      q: number,
      k: number,
      padTop: number,
      padLeft: number,
      _scratch: number,
    ): void {
      for (let line = begin * height; line < end * height; line++) {
        // Taps counted backwards run forwards through dy.
        const top = (line % height) + padTop - 2;
        const [firstRow, endRow] = tapsAt(top, p);
        const image = dy + (Math.floor(line / height) * p + top) * q * k;
        for (let j = 0, next = 0; j < width; j = next) {
          const left = j + padLeft - 2;
          const [firstColumn, endColumn] = tapsAt(left, q);
          const pair = j + 1 < width && left >= 0 && left + 4 <= q;
          next = j + (pair ? 2 : 1);
          const apart = pair ? 1 : 0;
          for (let channel = 0; channel < c; channel += 4) {
            const channel1 = Math.min(channel + 1, c - 1);
            const channel2 = Math.min(channel + 2, c - 1);
            const channel3 = Math.min(channel + 3, c - 1);
            let sum00 = 0;
            let sum01 = 0;
            let sum02 = 0;
            let sum03 = 0;
            let sum10 = 0;
            let sum11 = 0;
            let sum12 = 0;
            let sum13 = 0;
            for (let tapRow = firstRow; tapRow < endRow; tapRow++) {
              for (let tapColumn = firstColumn; tapColumn < endColumn; tapColumn++) {
                const dy0 = image + (tapRow * q + left + tapColumn) * k;
                const dy1 = dy0 + apart * k;
                const tap = w + ((2 - tapRow) * 3 + 2 - tapColumn) * c * k;
                const w0 = tap + channel * k;
                const w1 = tap + channel1 * k;
                const w2 = tap + channel2 * k;
                const w3 = tap + channel3 * k;
                for (let filter = 0; filter < k; filter++) {
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
            const dx0 = dx + (line * width + j) * c;
            const dx1 = dx0 + apart * c;
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
    },
  };
}
