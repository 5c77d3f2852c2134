/**
 * Random changes of activations besides dropout of elements. Parallel axis: samples.
 *
 * @module
 */

import { mix32 } from "../../numeric/random.ts";
import type { Heap } from "./heap.ts";

/** The kernels of channel dropout and noise over one heap. */
export function noiseKernels(heap: Heap) {
  /** The 24 random bits of an index, as `dropout` takes them. */
  function drawOf(key: number): (index: number) => number {
    const key0 = heap[key] + heap[key + 1] * 65536;
    const key1 = heap[key + 2] + heap[key + 3] * 65536;
    return (index) => mix32(mix32(index + key0) ^ key1) >>> 8;
  }

  return {
    /**
     * y = x / (1 - rate) for the channels of a sample that are kept, else 0; the same for dy and dx. Channel c of sample n draws
     * number n channels + c.
     *
     * x, y [n, positions, channels], may be the same; key [4] as in `dropout`.
     */
    drop_channels(
      begin: number,
      end: number,
      x: number,
      y: number,
      positions: number,
      channels: number,
      rate: number,
      key: number,
    ): void {
      const draw = drawOf(key);
      const threshold = Math.fround(rate);
      const scale = Math.fround(1 / Math.fround(1 - threshold));
      for (let n = begin; n < end; n++) {
        for (let channel = 0; channel < channels; channel++) {
          const kept = draw(n * channels + channel) / 2 ** 24 >= threshold;
          for (let position = 0; position < positions; position++) {
            const at = (n * positions + position) * channels + channel;
            heap[y + at] = kept ? heap[x + at] * scale : 0;
          }
        }
      }
    },

    /**
     * y = x + deviation times a standard normal number (Box & Muller, 1958), with r = sqrt(-2 log u): r cos(2 pi v) for floats 0 to 7 of a
     * block of 16, r sin(2 pi v) for those 8 behind them. u = (a + 1) / 2^24, v = b / 2^24 of the draws 2 k and 2 k + 1 of pair k, of which
     * each sample has eight a block.
     *
     * x, y [n, size], may be the same; key [4] as in `dropout`.
     */
    gaussian_noise(
      begin: number,
      end: number,
      x: number,
      y: number,
      size: number,
      deviation: number,
      key: number,
    ): void {
      const draw = drawOf(key);
      const blocks = Math.ceil(size / 16);
      for (let n = begin; n < end; n++) {
        for (let i = 0; i < size; i++) {
          const pair = 8 * (n * blocks + (i >> 4)) + (i & 7);
          const radius = Math.sqrt(-2 * Math.log((draw(2 * pair) + 1) / 2 ** 24));
          const angle = (2 * Math.PI * draw(2 * pair + 1)) / 2 ** 24;
          heap[y + n * size + i] =
            heap[x + n * size + i] + deviation * radius * ((i & 8) === 0 ? Math.cos(angle) : Math.sin(angle));
        }
      }
    },
  };
}
