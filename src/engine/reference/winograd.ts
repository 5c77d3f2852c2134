/**
 * Convolutions of 3 x 3 filters with stride 1, as the definition has them: the WebAssembly kernels of these names use
 * Winograd's filtering, and these are what their results are measured by. Layout NHWC, filters [3, 3, c, k]; the input is
 * not padded: taps outside are left out.
 *
 * Tiled for speed: see `product-tile.ts`. Two columns share a tile where they meet the same taps.
 *
 * @module
 */

import type { Heap } from "./heap.ts";
import { addProducts, boundTile, clearTile, newTile, startTile, storeTile } from "./product-tile.ts";

/** The first and the one past the last of three taps. */
type Taps = readonly [first: number, end: number];

/** The taps that meet `size` elements, the first of the three lying on element `at`. */
function tapsAt(at: number, size: number): Taps {
  return [Math.max(0, -at), Math.min(3, size - at)];
}

/** The kernels of 3 x 3 convolutions and their data gradients over one heap. */
export function winogradKernels(heap: Heap) {
  const tile = newTile();
  const runs = new Int32Array(2 * 9);

  /** Makes a run of each of some taps: the steps from row to row and tap to tap, on the left and on the right. Returns their number. */
  function takeRuns(
    [firstRow, endRow]: Taps,
    [firstColumn, endColumn]: Taps,
    leftRow: number,
    leftTap: number,
    rightRow: number,
    rightTap: number,
  ): number {
    let count = 0;
    for (let row = firstRow; row < endRow; row++) {
      for (let column = firstColumn; column < endColumn; column++) {
        runs[2 * count] = row * leftRow + column * leftTap;
        runs[2 * count + 1] = row * rightRow + column * rightTap;
        count++;
      }
    }
    return count;
  }

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
        const rows = tapsAt(top, height);
        const image = x + (Math.floor(line / p) * height + top) * width * c;
        for (let j = 0, next = 0; j < q; j = next) {
          const left = j - padLeft;
          const pair = j + 1 < q && left >= 0 && left + 4 <= width;
          next = j + (pair ? 2 : 1);
          const count = takeRuns(rows, tapsAt(left, width), width * c, c, 3 * c * k, c * k);
          const x0 = image + left * c;
          const x1 = pair ? x0 + c : x0;
          const bias0 = (i * q + j) * biasStride;
          const y0 = y + (line * q + j) * k;
          for (let filter = 0; filter < k; filter += 4) {
            startTile(heap, tile, bias, bias0, pair ? bias0 + biasStride : bias0, filter, k - 1);
            addProducts(heap, tile, x0, x1, w, filter, k - 1, 1, runs, count, c, 1, k);
            boundTile(tile, lower);
            storeTile(heap, tile, y0, pair ? y0 + k : y0, filter, k - 1);
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
        const rows = tapsAt(top, p);
        const image = dy + (Math.floor(line / height) * p + top) * q * k;
        for (let j = 0, next = 0; j < width; j = next) {
          const left = j + padLeft - 2;
          const pair = j + 1 < width && left >= 0 && left + 4 <= q;
          next = j + (pair ? 2 : 1);
          const count = takeRuns(rows, tapsAt(left, q), q * k, k, -3 * c * k, -c * k);
          const dy0 = image + left * k;
          const dy1 = pair ? dy0 + k : dy0;
          const dx0 = dx + (line * width + j) * c;
          for (let channel = 0; channel < c; channel += 4) {
            clearTile(tile);
            addProducts(heap, tile, dy0, dy1, w + 8 * c * k, channel, c - 1, k, runs, count, k, 1, 1);
            storeTile(heap, tile, dx0, pair ? dx0 + c : dx0, channel, c - 1);
          }
        }
      }
    },
  };
}
