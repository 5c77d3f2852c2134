/**
 * Zero padding. Parallel axis: samples.
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The padding kernel over one heap. */
export function padKernels(heap: Heap) {
  return {
    /**
     * y = x with its first pixel at (top, left), zeros elsewhere. x [n, h, w, c]; y [n, hp, wp, c], wp >= left + w. Rows of x
     * outside of y are left out.
     */
    pad2d(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      top: number,
      left: number,
      hp: number,
      wp: number,
    ): void {
      heap.fill(0, y + begin * hp * wp * c, y + end * hp * wp * c);
      for (let sample = begin; sample < end; sample++) {
        for (let i = Math.max(0, -top); i < Math.min(h, hp - top); i++) {
          const from = x + (sample * h + i) * w * c;
          heap.copyWithin(y + ((sample * hp + top + i) * wp + left) * c, from, from + w * c);
        }
      }
    },
  };
}
