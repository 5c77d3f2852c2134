/**
 * Upsampling. Parallel axis: samples. Small images [n, h, w, c], large ones [n, h sizeH, w sizeW, c].
 *
 * @module
 */

import type { Heap } from "./heap.ts";

/** The two inputs on one axis between which an output lies, and the share of the second one. */
interface Between {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/**
 * The neighbours of output `place` on an axis of `length` inputs, of which the outermost have themselves beside them.
 *
 * @param aligned 1: the outermost outputs lie on the outermost inputs; 0: pixels are points in the middle of their squares
 */
function between(place: number, size: number, length: number, aligned: number): Between {
  const ends = Math.max(length * size - 1, 1);
  const at = aligned === 1 ? (place * (length - 1)) / ends : (place + 0.5) / size - 0.5;
  const first = Math.floor(at);
  return { first: Math.max(first, 0), second: Math.min(first + 1, length - 1), share: at - first };
}

/** The four pixels beside an output, as offsets of their first channels. */
interface Corners {
  readonly upperLeft: number;
  readonly upperRight: number;
  readonly lowerLeft: number;
  readonly lowerRight: number;
}

/** The corners between some rows and columns of images [h, w, c] at `base`, of which row `image` is the first of one. */
function cornersOf(base: number, image: number, rows: Between, columns: Between, w: number, c: number): Corners {
  const at = (row: number, column: number) => base + ((image + row) * w + column) * c;
  return {
    upperLeft: at(rows.first, columns.first),
    upperRight: at(rows.first, columns.second),
    lowerLeft: at(rows.second, columns.first),
    lowerRight: at(rows.second, columns.second),
  };
}

/** The upsampling kernels over one heap. */
export function upsampleKernels(heap: Heap) {
  return {
    /** y = each pixel of x, sizeH by sizeW times. x small, y large. */
    upsample_nearest_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      sizeH: number,
      sizeW: number,
    ): void {
      for (let line = begin * h * sizeH; line < end * h * sizeH; line++) {
        const row = x + Math.floor(line / sizeH) * w * c;
        for (let place = 0; place < w * sizeW; place++) {
          const from = row + Math.floor(place / sizeW) * c;
          heap.copyWithin(y + (line * w * sizeW + place) * c, from, from + c);
        }
      }
    },

    /** dx = the sum of each pixel's sizeH by sizeW gradients. dy large, dx small. */
    upsample_nearest_backward(
      begin: number,
      end: number,
      dy: number,
      dx: number,
      h: number,
      w: number,
      c: number,
      sizeH: number,
      sizeW: number,
    ): void {
      for (let row = begin * h; row < end * h; row++) {
        for (let column = 0; column < w; column++) {
          for (let channel = 0; channel < c; channel++) {
            let sum = 0;
            for (let i = 0; i < sizeH; i++) {
              const line = ((row * sizeH + i) * w + column) * sizeW;
              for (let j = 0; j < sizeW; j++) sum += heap[dy + (line + j) * c + channel];
            }
            heap[dx + (row * w + column) * c + channel] = sum;
          }
        }
      }
    },

    /** y = x between the centres of its pixels, linear on both axes; outside of them the nearest one. x small, y large. */
    upsample_bilinear_forward(
      begin: number,
      end: number,
      x: number,
      y: number,
      h: number,
      w: number,
      c: number,
      sizeH: number,
      sizeW: number,
      aligned: number,
    ): void {
      for (let line = begin * h * sizeH; line < end * h * sizeH; line++) {
        const image = Math.floor(line / (h * sizeH)) * h;
        const rows = between(line - image * sizeH, sizeH, h, aligned);
        for (let place = 0; place < w * sizeW; place++) {
          const columns = between(place, sizeW, w, aligned);
          const { upperLeft, upperRight, lowerLeft, lowerRight } = cornersOf(x, image, rows, columns, w, c);
          for (let channel = 0; channel < c; channel++) {
            const upper = (1 - columns.share) * heap[upperLeft + channel] + columns.share * heap[upperRight + channel];
            const lower = (1 - columns.share) * heap[lowerLeft + channel] + columns.share * heap[lowerRight + channel];
            heap[y + (line * w * sizeW + place) * c + channel] = (1 - rows.share) * upper + rows.share * lower;
          }
        }
      }
    },

    /** dx = each pixel's shares of the outputs that lie beside it. dy large, dx small. */
    upsample_bilinear_backward(
      begin: number,
      end: number,
      dy: number,
      dx: number,
      h: number,
      w: number,
      c: number,
      sizeH: number,
      sizeW: number,
      aligned: number,
    ): void {
      heap.fill(0, dx + begin * h * w * c, dx + end * h * w * c);
      for (let line = begin * h * sizeH; line < end * h * sizeH; line++) {
        const image = Math.floor(line / (h * sizeH)) * h;
        const rows = between(line - image * sizeH, sizeH, h, aligned);
        for (let place = 0; place < w * sizeW; place++) {
          const columns = between(place, sizeW, w, aligned);
          const { upperLeft, upperRight, lowerLeft, lowerRight } = cornersOf(dx, image, rows, columns, w, c);
          for (let channel = 0; channel < c; channel++) {
            const gradient = heap[dy + (line * w * sizeW + place) * c + channel];
            heap[upperLeft + channel] += (1 - rows.share) * (1 - columns.share) * gradient;
            heap[upperRight + channel] += (1 - rows.share) * columns.share * gradient;
            heap[lowerLeft + channel] += rows.share * (1 - columns.share) * gradient;
            heap[lowerRight + channel] += rows.share * columns.share * gradient;
          }
        }
      }
    },
  };
}
