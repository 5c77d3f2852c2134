/**
 * Dropout. Parallel axis: samples of `size` elements.
 *
 * @module
 */

import { mix32 } from "../../numeric/random.ts";
import type { Heap } from "./heap.ts";

/** The dropout kernel over one heap. */
export function dropoutKernels(heap: Heap) {
  return {
    /**
     * Inverted dropout (Srivastava et al., 2014): y = x / (1 - rate) with probability 1 - rate, else 0.
     *
     * Backward is the same call on dy and dx. x, y [n, size], may be the same. key [4]: the 16-bit halves of the two
     * stream keys, low half first. Element i of sample b draws `RandomStream(key0, key1).bits(b * size + i)`, so
     * forward, backward and any split drop the same elements. `rate` counts as the nearest float32, so all engines
     * agree.
     */
    dropout(begin: number, end: number, x: number, y: number, size: number, rate: number, key: number): void {
      const key0 = heap[key] + heap[key + 1] * 65536;
      const key1 = heap[key + 2] + heap[key + 3] * 65536;
      const threshold = Math.fround(rate);
      const scale = Math.fround(1 / Math.fround(1 - threshold));
      for (let i = begin * size; i < end * size; i++) {
        // Top 24 of the 32 bits: a fraction that float32 holds exactly.
        const draw = (mix32(mix32(i + key0) ^ key1) >>> 8) / 16777216;
        heap[y + i] = draw >= threshold ? heap[x + i] * scale : 0;
      }
    },
  };
}
