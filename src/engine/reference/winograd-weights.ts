/**
 * Weight gradient of 3 x 3 convolutions with stride 1, as the definition has it; its WebAssembly twin uses Winograd's filtering.
 * Layout NHWC, filters [3, 3, c, k]; the input is not padded: taps outside are left out.
 *
 * Tiled for speed, two channels by four filters: see `product-tile.ts`.
 *
 * @module
 */

import type { Heap } from "./heap.ts";
import { addProducts, addTile, clearTile, newTile } from "./product-tile.ts";

/** The kernel of the weight gradient over one heap. */
export function winogradWeightsKernels(heap: Heap) {
  const tile = newTile();
  return {
    /**
     * dw[tapRow, tapColumn, channel, filter] = sum over samples and output positions (i, j) of x[i + tapRow - padTop, j +
     * tapColumn - padLeft, channel] dy[i, j, filter]. Axis: groups of four channels.
     *
     * x [n, height, width, c]; dy [n, p, q, k]; dw [3, 3, c, k]; scratch unused here. 18 n p q c k operations. The sums
     * over a sample are local, those over samples double.
     */
    winograd_backward_weights(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dw: number,
      n: number,
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
      const firstChannel = begin * 4;
      const channels = Math.max(0, Math.min(end * 4, c) - firstChannel);
      const sums = new Float64Array(9 * channels * k);
      const runs = new Int32Array(2 * p);
      for (let sample = 0; sample < n; sample++) {
        const image = x + sample * height * width * c + firstChannel;
        for (let tap = 0; tap < 9; tap++) {
          const down = Math.floor(tap / 3) - padTop;
          const across = (tap % 3) - padLeft;
          const endRow = Math.min(p, height - down);
          const firstColumn = Math.max(0, -across);
          const endColumn = Math.min(q, width - across);
          let count = 0;
          for (let i = Math.max(0, -down); i < endRow; i++) {
            runs[2 * count] = ((i + down) * width + firstColumn + across) * c;
            runs[2 * count + 1] = ((sample * p + i) * q + firstColumn) * k;
            count++;
          }
          for (let channel = 0; channel < channels; channel += 2) {
            const channel1 = Math.min(channel + 1, channels - 1);
            const [x0, x1] = [image + channel, image + channel1];
            const [to0, to1] = [(tap * channels + channel) * k, (tap * channels + channel1) * k];
            for (let filter = 0; filter < k; filter += 4) {
              clearTile(tile);
              addProducts(heap, tile, x0, x1, dy, filter, k - 1, 1, runs, count, endColumn - firstColumn, c, k);
              addTile(sums, tile, to0, to1, filter, k - 1);
            }
          }
        }
      }
      for (let tap = 0; tap < 9; tap++) {
        const row = sums.subarray(tap * channels * k, (tap + 1) * channels * k);
        heap.set(row, dw + (tap * c + firstChannel) * k);
      }
    },
  };
}
