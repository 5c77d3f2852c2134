// The two register tiles behind dense layers and convolutions. All strides are in bytes.
//
// Both keep a 4 x 8 block of sums in eight vector registers: enough chains to fill two multiply-add units of latency 4,
// and few enough that V8 keeps them, two vectors of B and one of A in registers. The usual 6 x 8 tile needs fifteen, which
// V8 11 (Node 20) spills, and unrolling the inner loop by hand makes either of them slower (docs/ARCHITECTURE.md).
// Every element of the result is one sum in one fixed order, whatever the tile it falls into, so no split of the work
// changes a bit.

import { madd, store_up_to_8, zero } from "./simd";

/**
 * y[row, :] = max(sum over taps and elements of a[row + tap, element] * b[tap, element, :] + bias[row, :], lower)
 *
 * The rows are the points (sample, p, q) of a grid. Each row of A is a set of `tapRows` x `taps` runs of `length`
 * contiguous floats: one run for a dense layer, the rows of the window for a convolution, which is thus read in place
 * (Dukhan, "The Indirect Convolution Algorithm", 2019, with arithmetic for the table).
 *
 * @param begin first sample
 * @param end sample after the last
 * @param gridP rows of the grid
 * @param gridQ columns of the grid
 * @param a first element of grid point (0, 0) of sample 0, with its three strides
 * @param tapRows rows of runs, `tapRowStride` apart
 * @param taps runs in each row, `tapStride` apart
 * @param length floats in a run
 * @param panels B in panels of 8 columns: [ceil(columns / 8)][tapRows][taps][length][8]
 * @param panelStride bytes from one panel to the next
 * @param bias bias of grid point (0, 0), with the strides of p and q (0 where all points share it); 0 for none
 * @param y output at grid point (0, 0) of sample 0, with its three strides
 * @param columns valid columns
 * @param lower lower bound of the result: 0 for a ReLU, -Infinity for none; NaN passes through
 */
export function panel_gemm(
  begin: i32, end: i32, gridP: i32, gridQ: i32,
  a: usize, aSample: usize, aRow: usize, aColumn: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32,
  panels: usize, panelStride: usize,
  bias: usize, biasRow: usize, biasColumn: usize,
  y: usize, ySample: usize, yRow: usize, yColumn: usize,
  columns: i32, lower: f32,
): void {
  const floor = f32x4.splat(lower);
  const aRowEnd = aRow - <usize>gridQ * aColumn;
  const yRowEnd = yRow - <usize>gridQ * yColumn;
  const biasRowEnd = biasRow - <usize>gridQ * biasColumn;
  const aSampleEnd = aSample - <usize>gridP * aRow;
  const ySampleEnd = ySample - <usize>gridP * yRow;
  const biasSampleEnd = <usize>0 - <usize>gridP * biasRow;
  let left = (end - begin) * gridP * gridQ;
  let p = 0, q = 0;
  let aNext = a + <usize>begin * aSample;
  let yNext = y + <usize>begin * ySample;
  let biasNext = bias;

  let a0: usize = 0, a1: usize = 0, a2: usize = 0, a3: usize = 0;
  let y0: usize = 0, y1: usize = 0, y2: usize = 0, y3: usize = 0;
  let d0: usize = 0, d1: usize = 0, d2: usize = 0, d3: usize = 0;

  while (left > 0) {
    const rows = min(left, 4);
    // Rows past the last one repeat it: computed again, stored to the same place.
    for (let i = 0; i < 4; i++) {
      a0 = a1; a1 = a2; a2 = a3; a3 = aNext;
      y0 = y1; y1 = y2; y2 = y3; y3 = yNext;
      d0 = d1; d1 = d2; d2 = d3; d3 = biasNext;
      if (i + 1 < rows || rows == 4) {
        aNext += aColumn; yNext += yColumn; biasNext += biasColumn;
        if (++q == gridQ) {
          q = 0;
          aNext += aRowEnd; yNext += yRowEnd; biasNext += biasRowEnd;
          if (++p == gridP) {
            p = 0;
            aNext += aSampleEnd; yNext += ySampleEnd; biasNext += biasSampleEnd;
          }
        }
      }
    }
    left -= rows;

    let panel = panels;
    for (let column = 0; column < columns; column += 8) {
      let s00 = zero(), s01 = zero(), s10 = zero(), s11 = zero();
      let s20 = zero(), s21 = zero(), s30 = zero(), s31 = zero();
      let b = panel;
      let rowOffset: usize = 0;
      for (let tapRow = 0; tapRow < tapRows; tapRow++) {
        let offset = rowOffset;
        for (let tap = 0; tap < taps; tap++) {
          let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset, p3 = a3 + offset;
          for (let i = length; i > 0; i--) {
            const low = v128.load(b), high = v128.load(b, 16);
            let x = v128.load32_splat(p0); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
            x = v128.load32_splat(p1); s10 = madd(x, low, s10); s11 = madd(x, high, s11);
            x = v128.load32_splat(p2); s20 = madd(x, low, s20); s21 = madd(x, high, s21);
            x = v128.load32_splat(p3); s30 = madd(x, low, s30); s31 = madd(x, high, s31);
            p0 += 4; p1 += 4; p2 += 4; p3 += 4; b += 32;
          }
          offset += tapStride;
        }
        rowOffset += tapRowStride;
      }
      const shift = <usize>column << 2;
      const count = min(columns - column, 8);
      store_row(y0 + shift, s00, s01, d0 + shift, bias, floor, count);
      store_row(y1 + shift, s10, s11, d1 + shift, bias, floor, count);
      store_row(y2 + shift, s20, s21, d2 + shift, bias, floor, count);
      store_row(y3 + shift, s30, s31, d3 + shift, bias, floor, count);
      panel += panelStride;
    }
  }
}

/** Bias, lower bound and store for eight columns of one row. */
// @ts-ignore: decorator
@inline
function store_row(to: usize, low: v128, high: v128, bias: usize, hasBias: usize, floor: v128, count: i32): void {
  if (hasBias) {
    low = f32x4.add(low, v128.load(bias));
    high = f32x4.add(high, v128.load(bias, 16));
  }
  // pmax(a, b) = a < b ? b : a, so NaN stays NaN.
  low = f32x4.pmax(low, floor);
  high = f32x4.pmax(high, floor);
  if (count == 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else {
    store_up_to_8(to, low, high, count);
  }
}

/**
 * dw[row, :] = sum over samples and grid points of a[sample, p, q, row] * dy[sample, p, q, :]
 *
 * Rows come in runs, `run` rows whose elements of A are neighbours in memory; runs come in groups (the columns of a
 * window, then its rows). Samples are taken in blocks that stay in the cache while all rows pass over them; between
 * blocks the sums rest in dw.
 *
 * @param begin first row
 * @param end row after the last
 * @param run rows in a run
 * @param runs runs in a group, `runStride` apart in A; groups are `groupStride` apart
 * @param a element of row 0 at grid point (0, 0) of sample 0, with the counts and strides of samples, p and q
 * @param dy [n, gridP, gridQ], each point `dyStride` after the one before
 * @param dw row 0, rows `dwStride` apart
 * @param columns valid columns; up to seven floats past them are read, never written
 */
export function outer_gemm(
  begin: i32, end: i32, run: i32, runs: i32, runStride: usize, groupStride: usize,
  a: usize, n: i32, aSample: usize, gridP: i32, aRow: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, columns: i32,
): void {
  const aRowEnd = aRow - <usize>gridQ * aColumn;
  const aSampleEnd = aSample - <usize>gridP * aRow;
  const dySample = <usize>(gridP * gridQ) * dyStride;
  const block = max(1, <i32>(BLOCK_BYTES / (aSample + dySample)));

  for (let sample = 0; sample < n; sample += block) {
    const samples = min(block, n - sample);
    const first = sample == 0;
    for (let column = 0; column < columns; column += 8) {
      const shift = <usize>column << 2;
      const count = min(columns - column, 8);
      const dyTile = dy + <usize>sample * dySample + shift;
      let row = begin;
      while (row < end) {
        const group = row / (run * runs);
        const runIndex = (row / run) % runs;
        const rowInRun = row % run;
        const rowsEnd = min(end, row + run - rowInRun);
        let aTile = a + <usize>sample * aSample + <usize>group * groupStride + <usize>runIndex * runStride;
        aTile += <usize>rowInRun << 2;
        let to = dw + <usize>row * dwStride + shift;
        while (row < rowsEnd) {
          let rows = 1;
          if (rowsEnd - row >= 4) {
            rows = 4;
            outer_tile_4(aTile, samples, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dyTile, dyStride, to, dwStride, count, first);
          } else if (rowsEnd - row == 3) {
            rows = 3;
            outer_tile_3(aTile, samples, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dyTile, dyStride, to, dwStride, count, first);
          } else {
            outer_tile_1(aTile, samples, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dyTile, dyStride, to, dwStride, count, first);
          }
          row += rows;
          aTile += <usize>rows << 2;
          to += <usize>rows * dwStride;
        }
      }
    }
  }
}

/** Bytes of A and dy that a block of samples may take: half of a small L2 cache. */
const BLOCK_BYTES: usize = 131072;

/** Four rows by eight columns of `outer_gemm` over one block of samples. */
function outer_tile_4(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero();
  let s10 = zero(), s11 = zero();
  let s20 = zero(), s21 = zero();
  let s30 = zero(), s31 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const low = v128.load(dy), high = v128.load(dy, 16);
        let x = v128.load32_splat(a); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
        x = v128.load32_splat(a, 4); s10 = madd(x, low, s10); s11 = madd(x, high, s11);
        x = v128.load32_splat(a, 8); s20 = madd(x, low, s20); s21 = madd(x, high, s21);
        x = v128.load32_splat(a, 12); s30 = madd(x, low, s30); s31 = madd(x, high, s31);
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row(dw, s00, s01, count, first);
  add_row(dw + dwStride, s10, s11, count, first);
  add_row(dw + 2 * dwStride, s20, s21, count, first);
  add_row(dw + 3 * dwStride, s30, s31, count, first);
}

/** Three rows by eight columns of `outer_gemm` over one block of samples. */
function outer_tile_3(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero();
  let s10 = zero(), s11 = zero();
  let s20 = zero(), s21 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const low = v128.load(dy), high = v128.load(dy, 16);
        let x = v128.load32_splat(a); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
        x = v128.load32_splat(a, 4); s10 = madd(x, low, s10); s11 = madd(x, high, s11);
        x = v128.load32_splat(a, 8); s20 = madd(x, low, s20); s21 = madd(x, high, s21);
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row(dw, s00, s01, count, first);
  add_row(dw + dwStride, s10, s11, count, first);
  add_row(dw + 2 * dwStride, s20, s21, count, first);
}

/** One row by eight columns of `outer_gemm` over one block of samples. */
function outer_tile_1(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const low = v128.load(dy), high = v128.load(dy, 16);
        const x = v128.load32_splat(a); s00 = madd(x, low, s00); s01 = madd(x, high, s01);
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row(dw, s00, s01, count, first);
}

/** Stores, or from the second block on adds, eight sums of one row. */
function add_row(to: usize, low: v128, high: v128, count: i32, first: bool): void {
  if (!first) {
    low = f32x4.add(v128.load(to), low);
    high = f32x4.add(v128.load(to, 16), high);
  }
  store_up_to_8(to, low, high, count);
}
