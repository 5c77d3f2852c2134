/**
 * Preparing input: pixels to numbers, and augmentation. Parallel axis: samples.
 *
 * @module
 */

import { TRANSFORM_FLOATS } from "../kernel-sizes.ts";
import type { Heap } from "./heap.ts";

/** The input kernels over one heap. */
export function inputKernels(heap: Heap) {
  const bytes = new Uint8Array(heap.buffer, heap.byteOffset, heap.byteLength);
  return {
    /**
     * y = byte scale[channel] + shift[channel], channel = i % c.
     *
     * x: uint8 [n, size], starting at byte x * bytes per heap element; y [n, size]; scale, shift [c]; c divides size.
     */
    normalize_bytes(
      begin: number,
      end: number,
      x: number,
      y: number,
      size: number,
      c: number,
      scale: number,
      shift: number,
    ): void {
      const from = x * heap.BYTES_PER_ELEMENT;
      for (let i = begin * size; i < end * size; i += c) {
        for (let channel = 0; channel < c; channel++) {
          heap[y + i + channel] = bytes[from + i + channel] * heap[scale + channel] + heap[shift + channel];
        }
      }
    },

    /**
     * y = x scale[channel] + shift[channel], channel = i % c. x, y [n, size], may be the same; scale, shift [c]; c
     * divides size.
     */
    normalize_floats(
      begin: number,
      end: number,
      x: number,
      y: number,
      size: number,
      c: number,
      scale: number,
      shift: number,
    ): void {
      for (let i = begin * size; i < end * size; i += c) {
        for (let channel = 0; channel < c; channel++) {
          heap[y + i + channel] = heap[x + i + channel] * heap[scale + channel] + heap[shift + channel];
        }
      }
    },

    /**
     * Affine bilinear resampling with a rectangle cut out.
     *
     * Sample b has ten numbers a, b, tx, c, d, ty, top, left, bottom, right. Output pixel (row i, column j) takes the
     * input at column a j + b i + tx, row c j + d i + ty, a blend of the four pixels around that point; pixels outside
     * the input have the value fill[channel], and so have output pixels with top <= i < bottom, left <= j < right
     * (cutout: DeVries & Taylor, 2017). Where the point is a whole pixel, that pixel is copied exactly.
     *
     * x, y [n, h, w, c]; transforms [n, 10]; fill [c].
     */
    augment(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      transforms: number,
      fill: number,
    ): void {
      for (let sample = begin; sample < end; sample++) {
        const image = x + sample * h * w * c;
        const t = transforms + sample * TRANSFORM_FLOATS;
        const top = heap[t + 6];
        const left = heap[t + 7];
        const bottom = heap[t + 8];
        const right = heap[t + 9];
        for (let i = 0; i < h; i++) {
          for (let j = 0; j < w; j++) {
            const to = y + ((sample * h + i) * w + j) * c;
            const column = heap[t] * j + heap[t + 1] * i + heap[t + 2];
            const row = heap[t + 3] * j + heap[t + 4] * i + heap[t + 5];
            const near = column > -1 && column < w && row > -1 && row < h;
            if (!near || (i >= top && i < bottom && j >= left && j < right)) {
              for (let channel = 0; channel < c; channel++) heap[to + channel] = heap[fill + channel];
              continue;
            }
            const i0 = Math.floor(row);
            const j0 = Math.floor(column);
            const above = i0 >= 0;
            const below = i0 + 1 < h;
            const before = j0 >= 0;
            const after = j0 + 1 < w;
            // Neighbours outside the input are read from `fill`, which has a value per channel just as a pixel has.
            const aboveRow = image + i0 * w * c;
            const belowRow = aboveRow + w * c;
            const aboveBefore = above && before ? aboveRow + j0 * c : fill;
            const aboveAfter = above && after ? aboveRow + (j0 + 1) * c : fill;
            const belowBefore = below && before ? belowRow + j0 * c : fill;
            const belowAfter = below && after ? belowRow + (j0 + 1) * c : fill;
            const down = row - i0;
            const across = column - j0;
            for (let channel = 0; channel < c; channel++) {
              const aboveLeft = heap[aboveBefore + channel];
              const belowLeft = heap[belowBefore + channel];
              const upper = aboveLeft + across * (heap[aboveAfter + channel] - aboveLeft);
              const lower = belowLeft + across * (heap[belowAfter + channel] - belowLeft);
              heap[to + channel] = upper + down * (lower - upper);
            }
          }
        }
      }
    },
  };
}
