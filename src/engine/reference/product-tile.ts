/**
 * Sums of products in tiles of two rows by four columns: what convolutions, dense layers and their gradients spend their time with.
 *
 * The eight sums of a tile are held in local variables, so that six loads serve eight multiplications: V8 keeps them in registers only
 * as variables of one function. A tile at the edge repeats the last row or column instead of having code of its own: it computes the same
 * value twice. Every result is one sum in one order, so cutting the axis elsewhere changes no bit.
 *
 * @module
 */

import { biasValue, type Heap } from "./heap.ts";

/** The sums of a tile: four columns of the first row, then four of the second one. */
export type Tile = Float64Array;

/** A tile of zeros. */
export function newTile(): Tile {
  return new Float64Array(8);
}

/** The sums begin with zeros. */
export function clearTile(tile: Tile): void {
  tile[0] = 0;
  tile[1] = 0;
  tile[2] = 0;
  tile[3] = 0;
  tile[4] = 0;
  tile[5] = 0;
  tile[6] = 0;
  tile[7] = 0;
}

/** The sums begin with the biases of the columns from `column` on, those of the two rows `bias0` and `bias1` after `bias`. */
export function startTile(
  heap: Heap,
  tile: Tile,
  bias: number,
  bias0: number,
  bias1: number,
  column: number,
  last: number,
): void {
  const column1 = Math.min(column + 1, last);
  const column2 = Math.min(column + 2, last);
  const column3 = Math.min(column + 3, last);
  tile[0] = biasValue(heap, bias, bias0 + column);
  tile[1] = biasValue(heap, bias, bias0 + column1);
  tile[2] = biasValue(heap, bias, bias0 + column2);
  tile[3] = biasValue(heap, bias, bias0 + column3);
  tile[4] = biasValue(heap, bias, bias1 + column);
  tile[5] = biasValue(heap, bias, bias1 + column1);
  tile[6] = biasValue(heap, bias, bias1 + column2);
  tile[7] = biasValue(heap, bias, bias1 + column3);
}

/**
 * Adds to the sums of a tile the products of its two rows on the left and its four columns on the right, run by run, each of `length`
 * products.
 *
 * @param left0, left1 heap offsets of the rows
 * @param right heap offset of column 0; the next one is `columnStep` further
 * @param column the tile's first column
 * @param last the last column that there is
 * @param runs of each run, what is added to the offsets on the left, and to those on the right
 * @param count of runs
 * @param leftStep, rightStep from one factor of a run to the next
 */
export function addProducts(
  heap: Heap,
  tile: Tile,
  left0: number,
  left1: number,
  right: number,
  column: number,
  last: number,
  columnStep: number,
  runs: Int32Array,
  count: number,
  length: number,
  leftStep: number,
  rightStep: number,
): void {
  const right0 = right + column * columnStep;
  const right1 = right + Math.min(column + 1, last) * columnStep;
  const right2 = right + Math.min(column + 2, last) * columnStep;
  const right3 = right + Math.min(column + 3, last) * columnStep;
  let sum00 = tile[0];
  let sum01 = tile[1];
  let sum02 = tile[2];
  let sum03 = tile[3];
  let sum10 = tile[4];
  let sum11 = tile[5];
  let sum12 = tile[6];
  let sum13 = tile[7];
  for (let run = 0; run < 2 * count; run += 2) {
    let a = runs[run];
    let b = runs[run + 1];
    const end = a + length * leftStep;
    for (; a < end; a += leftStep) {
      const value0 = heap[left0 + a];
      const value1 = heap[left1 + a];
      const factor0 = heap[right0 + b];
      const factor1 = heap[right1 + b];
      const factor2 = heap[right2 + b];
      const factor3 = heap[right3 + b];
      sum00 += value0 * factor0;
      sum01 += value0 * factor1;
      sum02 += value0 * factor2;
      sum03 += value0 * factor3;
      sum10 += value1 * factor0;
      sum11 += value1 * factor1;
      sum12 += value1 * factor2;
      sum13 += value1 * factor3;
      b += rightStep;
    }
  }
  tile[0] = sum00;
  tile[1] = sum01;
  tile[2] = sum02;
  tile[3] = sum03;
  tile[4] = sum10;
  tile[5] = sum11;
  tile[6] = sum12;
  tile[7] = sum13;
}

/**
 * Writes sums of one run of products to rows at `to0` and `to1`: `clearTile`, `addProducts` and `storeTile` in one. The sums go through no
 * array, without which V8 takes two thirds of the time for sums of ten products; so its loop is spelled out once more.
 *
 * @param left0, left1 heap offsets of the rows
 * @param right heap offset of column 0; the next one is `columnStep` further
 * @param column the tile's first column
 * @param last the last column that there is
 * @param length of the sums
 * @param leftStep, rightStep from one factor to the next
 */
export function storeProducts(
  heap: Heap,
  left0: number,
  left1: number,
  right: number,
  column: number,
  last: number,
  columnStep: number,
  length: number,
  leftStep: number,
  rightStep: number,
  to0: number,
  to1: number,
): void {
  const column1 = Math.min(column + 1, last);
  const column2 = Math.min(column + 2, last);
  const column3 = Math.min(column + 3, last);
  const right0 = right + column * columnStep;
  const right1 = right + column1 * columnStep;
  const right2 = right + column2 * columnStep;
  const right3 = right + column3 * columnStep;
  let sum00 = 0;
  let sum01 = 0;
  let sum02 = 0;
  let sum03 = 0;
  let sum10 = 0;
  let sum11 = 0;
  let sum12 = 0;
  let sum13 = 0;
  let b = 0;
  const end = length * leftStep;
  for (let a = 0; a < end; a += leftStep) {
    const value0 = heap[left0 + a];
    const value1 = heap[left1 + a];
    const factor0 = heap[right0 + b];
    const factor1 = heap[right1 + b];
    const factor2 = heap[right2 + b];
    const factor3 = heap[right3 + b];
    sum00 += value0 * factor0;
    sum01 += value0 * factor1;
    sum02 += value0 * factor2;
    sum03 += value0 * factor3;
    sum10 += value1 * factor0;
    sum11 += value1 * factor1;
    sum12 += value1 * factor2;
    sum13 += value1 * factor3;
    b += rightStep;
  }
  heap[to0 + column] = sum00;
  heap[to0 + column1] = sum01;
  heap[to0 + column2] = sum02;
  heap[to0 + column3] = sum03;
  heap[to1 + column] = sum10;
  heap[to1 + column1] = sum11;
  heap[to1 + column2] = sum12;
  heap[to1 + column3] = sum13;
}

/** Brings the sums between `lower` and `upper`; NaN stays. */
export function boundTile(tile: Tile, lower: number, upper = Number.POSITIVE_INFINITY): void {
  for (let i = 0; i < 8; i++) tile[i] = Math.min(Math.max(tile[i], lower), upper);
}

/** Writes the sums to rows at `to0` and `to1`. */
export function storeTile(heap: Heap, tile: Tile, to0: number, to1: number, column: number, last: number): void {
  const column1 = Math.min(column + 1, last);
  const column2 = Math.min(column + 2, last);
  const column3 = Math.min(column + 3, last);
  heap[to0 + column] = tile[0];
  heap[to0 + column1] = tile[1];
  heap[to0 + column2] = tile[2];
  heap[to0 + column3] = tile[3];
  heap[to1 + column] = tile[4];
  heap[to1 + column1] = tile[5];
  heap[to1 + column2] = tile[6];
  heap[to1 + column3] = tile[7];
}

/** Adds the sums to rows at `to0` and `to1` of `sums`. */
export function addTile(sums: Float64Array, tile: Tile, to0: number, to1: number, column: number, last: number): void {
  // All eight are added before one is written: at an edge some of them are the same element.
  for (let i = 0; i < 4; i++) {
    const at = Math.min(column + i, last);
    tile[i] += sums[to0 + at];
    tile[4 + i] += sums[to1 + at];
  }
  for (let i = 0; i < 4; i++) {
    const at = Math.min(column + i, last);
    sums[to0 + at] = tile[i];
    sums[to1 + at] = tile[4 + i];
  }
}
