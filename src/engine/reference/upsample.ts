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
 * The neighbours of each output on an axis of `length` inputs, of which the outermost have themselves beside them.
 *
 * @param aligned 1: the outermost outputs lie on the outermost inputs; 0: pixels are points in the middle of their squares
 */
function neighbours(length: number, size: number, aligned: number): Between[] {
  const ends = Math.max(length * size - 1, 1);
  return Array.from({ length: length * size }, (_, output) => {
    const at = aligned === 1 ? (output * (length - 1)) / ends : (output + 0.5) / size - 0.5;
    const first = Math.floor(at);
    return { first: Math.max(first, 0), second: Math.min(first + 1, length - 1), share: at - first };
  });
}

/** The four pixels beside an output, as offsets of their first channels. */
interface Corners {
  readonly upperLeft: number;
  readonly upperRight: number;
  readonly lowerLeft: number;
  readonly lowerRight: number;
}

/** The corners between some rows and columns of the image [h, w, c] at `image`. */
function cornersOf(image: number, rows: Between, columns: Between, w: number, c: number): Corners {
  const at = (row: number, column: number) => image + (row * w + column) * c;
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
      const [rows, columns] = [neighbours(h, sizeH, aligned), neighbours(w, sizeW, aligned)];
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const row of rows) {
          for (const column of columns) {
            const { upperLeft, upperRight, lowerLeft, lowerRight } = cornersOf(
              x + image * h * w * c,
              row,
              column,
              w,
              c,
            );
            for (let channel = 0; channel < c; channel++) {
              const upper = (1 - column.share) * heap[upperLeft + channel] + column.share * heap[upperRight + channel];
              const lower = (1 - column.share) * heap[lowerLeft + channel] + column.share * heap[lowerRight + channel];
              heap[y + output * c + channel] = (1 - row.share) * upper + row.share * lower;
            }
            output++;
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
      const [rows, columns] = [neighbours(h, sizeH, aligned), neighbours(w, sizeW, aligned)];
      let output = begin * rows.length * columns.length;
      for (let image = begin; image < end; image++) {
        for (const row of rows) {
          for (const column of columns) {
            const { upperLeft, upperRight, lowerLeft, lowerRight } = cornersOf(
              dx + image * h * w * c,
              row,
              column,
              w,
              c,
            );
            for (let channel = 0; channel < c; channel++) {
              const gradient = heap[dy + output * c + channel];
              heap[upperLeft + channel] += (1 - row.share) * (1 - column.share) * gradient;
              heap[upperRight + channel] += (1 - row.share) * column.share * gradient;
              heap[lowerLeft + channel] += row.share * (1 - column.share) * gradient;
              heap[lowerRight + channel] += row.share * column.share * gradient;
            }
            output++;
          }
        }
      }
    },
  };
}
