// Copies that change the order or the number of a sample's floats: boxes out of boxes and into them, and transposition. Axis: sample.
// Up to seven floats past x are read, whose values are not stored. Every kernel overwrites y and costs one pass over memory.

import { store_lanes_inline } from "./lanes";
import { address, store_up_to_8 } from "./simd";

/** Floats of a run from which on a call for each costs less than its vectors. */
const LONG: i32 = 64;

/**
 * y[yFirst + i yRow + j yColumn + k] = x[xFirst + i xRow + j xColumn + k] in each sample, for i < rows, j < columns, k < depth; zeros
 * where that leaves floats of y.
 *
 * @param x [n, xSize]
 * @param y [n, ySize]; no two runs of `depth` floats may overlap
 */
export function copy_boxes(
  begin: i32, end: i32, x: i32, y: i32, rows: i32, columns: i32, depth: i32,
  xFirst: i32, xRow: i32, xColumn: i32, xSize: i32, yFirst: i32, yRow: i32, yColumn: i32, ySize: i32,
): void {
  const isPart = rows * columns * depth != ySize;
  if (xColumn == depth && yColumn == depth) {
    depth *= columns;
    columns = 1;
  }
  const bytes = <usize>depth << 2;
  const fromStep = <usize>xColumn << 2, toStep = <usize>yColumn << 2;
  for (let n = begin; n < end; n++) {
    if (isPart) memory.fill(address(y + n * ySize), 0, <usize>ySize << 2);
    for (let i = 0; i < rows; i++) {
      let from = address(x + n * xSize + xFirst + i * xRow);
      let to = address(y + n * ySize + yFirst + i * yRow);
      for (let j = columns; j > 0; j--) {
        if (depth >= LONG) memory.copy(to, from, bytes);
        else {
          let at: usize = 0;
          for (let left = depth; left > 0; left -= 4) {
            store_lanes_inline(to + at, v128.load(from + at), left);
            at += 16;
          }
        }
        from += fromStep;
        to += toStep;
      }
    }
  }
}

/** Floats of two runs, `apart` bytes apart, by turns. */
// @ts-ignore: decorator
@inline
function make_pairs(from: usize, apart: usize, to: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    const first = v128.load(from), second = v128.load(from + apart);
    const low = i32x4.shuffle(first, second, 0, 4, 1, 5), high = i32x4.shuffle(first, second, 2, 6, 3, 7);
    store_up_to_8(to, low, high, min(2 * count, 8));
    from += 16;
    to += 32;
  }
}

/** Each second float of a run, and the others `apart` bytes behind them. */
// @ts-ignore: decorator
@inline
function part_pairs(from: usize, to: usize, apart: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    const low = v128.load(from), high = v128.load(from, 16);
    store_lanes_inline(to, i32x4.shuffle(low, high, 0, 2, 4, 6), count);
    store_lanes_inline(to + apart, i32x4.shuffle(low, high, 1, 3, 5, 7), count);
    from += 32;
    to += 16;
  }
}

/** Columns that are written together: the floats of a cache line. */
const LINE: i32 = 16;

/**
 * y[i yStep + a yRow + b] = x[i xStep + b xRow + a] in each sample, for i < count, a < rows, b < columns: matrices whose rows
 * become columns, by tiles of 4 x 4; two that lie side by side as pairs.
 *
 * @param x, y [n, count rows columns]
 */
export function transpose(
  begin: i32, end: i32, x: i32, y: i32, count: i32, rows: i32, columns: i32, xStep: i32, xRow: i32, yStep: i32, yRow: i32,
): void {
  const size = count * rows * columns;
  const fromRow = <usize>xRow << 2, toRow = <usize>yRow << 2;
  for (let n = begin; n < end; n++) {
    for (let i = 0; i < count; i++) {
      const matrix = address(x + n * size + i * xStep);
      const result = address(y + n * size + i * yStep);
      if (columns == 2 && yRow == 2) {
        make_pairs(matrix, fromRow, result, rows);
        continue;
      }
      if (rows == 2 && xRow == 2) {
        part_pairs(matrix, result, toRow, columns);
        continue;
      }
      for (let line = 0; line < columns; line += LINE) {
        const last = min(line + LINE, columns);
        for (let a = 0; a < rows; a += 4) {
          const height = rows - a;
          for (let b = line; b < last; b += 4) {
            const width = last - b;
            // Rows of x past the last one repeat the first; what is made of them is not stored.
            const from = matrix + <usize>b * fromRow + (<usize>a << 2);
            const x0 = v128.load(from);
            const x1 = v128.load(from + (width > 1 ? fromRow : 0));
            const x2 = v128.load(from + (width > 2 ? 2 * fromRow : 0));
            const x3 = v128.load(from + (width > 3 ? 3 * fromRow : 0));
            const low0 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), low1 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
            let to = result + <usize>a * toRow + (<usize>b << 2);
            store_lanes_inline(to, i32x4.shuffle(low0, low1, 0, 1, 4, 5), width);
            if (height > 1) store_lanes_inline(to + toRow, i32x4.shuffle(low0, low1, 2, 3, 6, 7), width);
            if (height <= 2) continue;
            const high0 = i32x4.shuffle(x0, x1, 2, 6, 3, 7), high1 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
            to += 2 * toRow;
            store_lanes_inline(to, i32x4.shuffle(high0, high1, 0, 1, 4, 5), width);
            if (height > 3) store_lanes_inline(to + toRow, i32x4.shuffle(high0, high1, 2, 3, 6, 7), width);
          }
        }
      }
    }
  }
}
