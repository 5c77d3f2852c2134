/**
 * Weight gradient of 3 x 3 convolutions with stride 1, as the definition has it; its WebAssembly twin uses Winograd's filtering.
 * Layout NHWC, filters [3, 3, c, k]; the input is not padded: taps outside are left out.
 *
 * Tiled for speed as in conv2d.ts: two channels by four filters.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The kernel of the weight gradient over one heap. */
export function winogradWeightsKernels(heap: Heap) {
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
      for (let sample = 0; sample < n; sample++) {
        const image = x + sample * height * width * c + firstChannel;
        for (let tap = 0; tap < 9; tap++) {
          const down = Math.floor(tap / 3) - padTop;
          const across = (tap % 3) - padLeft;
          const endRow = Math.min(p, height - down);
          const firstColumn = Math.max(0, -across);
          const endColumn = Math.min(q, width - across);
          for (let channel = 0; channel < channels; channel += 2) {
            const channel1 = Math.min(channel + 1, channels - 1);
            for (let filter = 0; filter < k; filter += 4) {
              const filter1 = Math.min(filter + 1, k - 1);
              const filter2 = Math.min(filter + 2, k - 1);
              const filter3 = Math.min(filter + 3, k - 1);
              let sum00 = 0;
              let sum01 = 0;
              let sum02 = 0;
              let sum03 = 0;
              let sum10 = 0;
              let sum11 = 0;
              let sum12 = 0;
              let sum13 = 0;
              for (let i = Math.max(0, -down); i < endRow; i++) {
                let from = dy + ((sample * p + i) * q + firstColumn) * k;
                let at = image + ((i + down) * width + firstColumn + across) * c;
                for (let j = firstColumn; j < endColumn; j++) {
                  const value0 = heap[at + channel];
                  const value1 = heap[at + channel1];
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
                  at += c;
                  from += k;
                }
              }
              // Read all eight before writing: at an edge some of them are the same element.
              const to0 = (tap * channels + channel) * k;
              const to1 = (tap * channels + channel1) * k;
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
      for (let tap = 0; tap < 9; tap++) {
        const row = sums.subarray(tap * channels * k, (tap + 1) * channels * k);
        heap.set(row, dw + (tap * c + firstChannel) * k);
      }
    },
  };
}
