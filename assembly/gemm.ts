// The two matrix products behind dense layers and convolutions; their register tiles are in tile.ts. All strides are in
// bytes. Every element of the result is one sum in one fixed order, whatever the tile it falls into, so no split of the
// work changes a bit.

import { fetch } from "./simd";
import { LONG_SUM, SUM_PART } from "./sums";
import { OUTER_COLUMNS, outer_tile, panel_tile_16, panel_tile_8, PANEL_ROWS } from "./tile";

/**
 * y[row, :] = min(max(sum over taps and elements of a[row + tap, element] * b[tap, element, :] + bias[row, :], lower), upper)
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
 * @param upper upper bound of the result: Infinity for none
 */
export function panel_gemm(
  begin: i32, end: i32, gridP: i32, gridQ: i32,
  a: usize, aSample: usize, aRow: usize, aColumn: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32,
  panels: usize, panelStride: usize,
  bias: usize, biasRow: usize, biasColumn: usize,
  y: usize, ySample: usize, yRow: usize, yColumn: usize,
  columns: i32, lower: f32, upper: f32,
): void {
  const row = taps * length;
  const long = tapRows * row > LONG_SUM;
  // The only run of a dense layer is cut into parts, a window between its rows.
  const flat = long && tapRows * taps == 1;
  const step = !long ? max(tapRows, 1) : flat ? SUM_PART : max(1, SUM_PART / row);
  const extent = flat ? length : tapRows;
  let at = 0;
  do {
    const count = min(step, extent - at);
    const last = at + step >= extent;
    panel_part(
      begin, end, gridP, gridQ, a, aSample, aRow, aColumn,
      flat ? 1 : count, tapRowStride, taps, tapStride, flat ? count : length, panels, panelStride,
      at == 0 ? bias : y, at == 0 ? biasRow : yRow, at == 0 ? biasColumn : yColumn,
      y, ySample, yRow, yColumn, columns, last ? lower : -Infinity, last ? upper : Infinity,
    );
    a += flat ? <usize>step << 2 : <usize>step * tapRowStride;
    panels += <usize>(flat ? step : step * row) << 5;
    at += step;
  } while (at < extent);
}

/** A part of the sums of `panel_gemm`, added to the bias, or to y where `bias` is y. */
function panel_part(
  begin: i32, end: i32, gridP: i32, gridQ: i32,
  a: usize, aSample: usize, aRow: usize, aColumn: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32,
  panels: usize, panelStride: usize,
  bias: usize, biasRow: usize, biasColumn: usize,
  y: usize, ySample: usize, yRow: usize, yColumn: usize,
  columns: i32, lower: f32, upper: f32,
): void {
  const aRowEnd = aRow - <usize>gridQ * aColumn;
  const yRowEnd = yRow - <usize>gridQ * yColumn;
  const biasRowEnd = biasRow - <usize>gridQ * biasColumn;
  const aSampleEnd = aSample - <usize>gridP * aRow;
  const ySampleEnd = ySample - <usize>gridP * yRow;
  const biasSample = bias == y ? ySample : 0;
  const biasSampleEnd = biasSample - <usize>gridP * biasRow;
  let left = (end - begin) * gridP * gridQ;
  let p = 0, q = 0;
  let aNext = a + <usize>begin * aSample;
  let yNext = y + <usize>begin * ySample;
  let biasNext = bias + <usize>begin * biasSample;

  let a0: usize = 0, a1: usize = 0, a2: usize = 0, a3: usize = 0, a4: usize = 0, a5: usize = 0;
  let y0: usize = 0, y1: usize = 0, y2: usize = 0, y3: usize = 0, y4: usize = 0, y5: usize = 0;
  let d0: usize = 0, d1: usize = 0, d2: usize = 0, d3: usize = 0, d4: usize = 0, d5: usize = 0;

  while (left > 0) {
    const rows = min(left, PANEL_ROWS);
    // Rows past the last one repeat it: computed again, stored to the same place or not at all.
    for (let i = 0; i < PANEL_ROWS; i++) {
      a0 = a1; a1 = a2; a2 = a3;
      y0 = y1; y1 = y2; y2 = y3;
      d0 = d1; d1 = d2; d2 = d3;
      if (WIDE) {
        a3 = a4; a4 = a5; a5 = aNext;
        y3 = y4; y4 = y5; y5 = yNext;
        d3 = d4; d4 = d5; d5 = biasNext;
      } else {
        a3 = aNext; y3 = yNext; d3 = biasNext;
      }
      if (i + 1 < rows || rows == PANEL_ROWS) {
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
    let column = 0;
    if (WIDE && (rows == PANEL_ROWS || bias != y)) {
      column = panel_tile_16(
        a0, a1, a2, a3, a4, a5, tapRows, tapRowStride, taps, tapStride, length, panel, panelStride,
        bias, d0, d1, d2, d3, d4, d5, y0, y1, y2, y3, y4, y5, columns, lower, upper,
      );
      panel += <usize>(column >> 3) * panelStride;
    }
    for (; column < columns; column += 8) {
      panel_tile_8(
        a0, a1, a2, a3, a4, a5, tapRows, tapRowStride, taps, tapStride, length, panel,
        bias, d0, d1, d2, d3, d4, d5, y0, y1, y2, y3, y4, y5, rows, <usize>column << 2, min(columns - column, 8), lower, upper,
      );
      panel += panelStride;
    }
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

  // Large images are done some rows of the grid at a time, as long sums would lose digits.
  const band = block > 1 || gridP * gridQ <= LONG_SUM ? gridP : max(1, SUM_PART / gridQ);

  for (let sample = 0; sample < n; sample += block) {
    const samples = min(block, n - sample);
    for (let top = 0; top < gridP; top += band) {
      const first = (sample | top) == 0;
      const aPart = a + <usize>sample * aSample + <usize>top * aRow;
      const dyPart = dy + <usize>sample * dySample + <usize>(top * gridQ) * dyStride;
      if (WIDE && aSample + dySample > BLOCK_BYTES) {
        // Tiles take a few columns of all pixels at a time.
        const rows = min(band, gridP - top);
        fetch(dyPart, <usize>(rows * gridQ) * dyStride);
        fetch(aPart, <usize>rows * aRow);
      }
      for (let column = 0; column < columns; column += OUTER_COLUMNS) {
        const shift = <usize>column << 2;
        let row = begin;
        while (row < end) {
          const group = row / (run * runs);
          const runIndex = (row / run) % runs;
          const rowInRun = row % run;
          const rowsEnd = min(end, row + run - rowInRun);
          const aTile = aPart + <usize>group * groupStride + <usize>runIndex * runStride + (<usize>rowInRun << 2);
          outer_tile(
            rowsEnd - row, aTile, samples, aSampleEnd, min(band, gridP - top), aRowEnd, gridQ, aColumn,
            dyPart + shift, dyStride, dw + <usize>row * dwStride + shift, dwStride,
            min(columns - column, OUTER_COLUMNS), first,
          );
          row = rowsEnd;
        }
      }
    }
  }
}

/** Bytes of A and dy that a block of samples may take: half of a small L2 cache. */
const BLOCK_BYTES: usize = 131072;
