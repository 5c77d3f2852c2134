// The register tiles of gemm.ts. V8 decides their shape:
//
// - Everywhere: 4 x 8 sums in eight vector registers, enough chains to fill two multiply-add units of latency 4, and few
//   enough that V8 keeps them with two vectors of B and one of A in registers. The usual 6 x 8 tile needs fifteen, which
//   V8 11 (Node 20) spills, and unrolling the inner loop by hand makes either of them slower (docs/NOTES.md).
// - WIDE: V8's revectorizer makes one 256-bit operation of two 128-bit neighbours. 6 x 16 sums are then twelve registers.

import { madd, store_up_to_8, zero } from "./simd";

/** Rows of a panel tile. */
export const PANEL_ROWS: i32 = WIDE ? 6 : 4;

/**
 * Eight columns of `panel_gemm` for its rows.
 *
 * @param a0 address of each row's first window element; d its bias, y its output
 * @param rows valid rows
 * @param shift bytes to the first column
 * @param count valid columns
 */
// @ts-ignore: decorator
@inline
function panel_columns(
  a0: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32, panel: usize,
  bias: usize, d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize,
  y0: usize, y1: usize, y2: usize, y3: usize, y4: usize, y5: usize, rows: i32, shift: usize, count: i32, lower: f32, upper: f32,
): void {
  const floor = f32x4.splat(lower);
  let s00 = zero(), s01 = zero();
  let s10 = zero(), s11 = zero();
  let s20 = zero(), s21 = zero();
  let s30 = zero(), s31 = zero();
  let s40 = zero(), s41 = zero();
  let s50 = zero(), s51 = zero();
  let b = panel;
  let rowOffset: usize = 0;
  for (let tapRow = 0; tapRow < tapRows; tapRow++) {
    let offset = rowOffset;
    for (let tap = 0; tap < taps; tap++) {
      let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset, p3 = a3 + offset, p4 = a4 + offset, p5 = a5 + offset;
      for (let i = length; i > 0; i--) {
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let x = v128.load32_splat(p0); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01);
        x = v128.load32_splat(p1); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11);
        x = v128.load32_splat(p2); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21);
        x = v128.load32_splat(p3); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31);
        p0 += 4; p1 += 4; p2 += 4; p3 += 4; b += 32;
        if (WIDE) {
          x = v128.load32_splat(p4); s40 = madd(x, b0, s40); s41 = madd(x, b1, s41);
          x = v128.load32_splat(p5); s50 = madd(x, b0, s50); s51 = madd(x, b1, s51);
          p4 += 4; p5 += 4;
        }
      }
      offset += tapStride;
    }
    rowOffset += tapRowStride;
  }
  const ceiling = f32x4.splat(upper);
  store_row(y0 + shift, s00, s01, d0 + shift, bias, floor, ceiling, count);
  if (rows > 1) store_row(y1 + shift, s10, s11, d1 + shift, bias, floor, ceiling, count);
  if (rows > 2) store_row(y2 + shift, s20, s21, d2 + shift, bias, floor, ceiling, count);
  if (rows > 3) store_row(y3 + shift, s30, s31, d3 + shift, bias, floor, ceiling, count);
  if (WIDE && rows > 4) store_row(y4 + shift, s40, s41, d4 + shift, bias, floor, ceiling, count);
  if (WIDE && rows > 5) store_row(y5 + shift, s50, s51, d5 + shift, bias, floor, ceiling, count);
}

/** The tile of `panel_gemm`: inlined there, but for WIDE, whose sums need all registers. */
// @ts-ignore: decorator
@inline
export function panel_tile_8(
  a0: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32, panel: usize,
  bias: usize, d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize,
  y0: usize, y1: usize, y2: usize, y3: usize, y4: usize, y5: usize, rows: i32, shift: usize, count: i32, lower: f32, upper: f32,
): void {
  if (WIDE) {
    panel_tile_6x8(
      a0, a1, a2, a3, a4, a5, tapRows, tapRowStride, taps, tapStride, length, panel,
      bias, d0, d1, d2, d3, d4, d5, y0, y1, y2, y3, y4, y5, rows, shift, count, lower, upper,
    );
    return;
  }
  panel_columns(
    a0, a1, a2, a3, a4, a5, tapRows, tapRowStride, taps, tapStride, length, panel,
    bias, d0, d1, d2, d3, d4, d5, y0, y1, y2, y3, y4, y5, rows, shift, count, lower, upper,
  );
}

function panel_tile_6x8(
  a0: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32, panel: usize,
  bias: usize, d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize,
  y0: usize, y1: usize, y2: usize, y3: usize, y4: usize, y5: usize, rows: i32, shift: usize, count: i32, lower: f32, upper: f32,
): void {
  panel_columns(
    a0, a1, a2, a3, a4, a5, tapRows, tapRowStride, taps, tapStride, length, panel,
    bias, d0, d1, d2, d3, d4, d5, y0, y1, y2, y3, y4, y5, rows, shift, count, lower, upper,
  );
}

/**
 * Columns of `panel_gemm` for its rows, sixteen at a time while more than eight are left; WIDE only. Returns the column
 * after the last tile.
 */
export function panel_tile_16(
  a0: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize,
  tapRows: i32, tapRowStride: usize, taps: i32, tapStride: usize, length: i32, panel: usize, panelStride: usize,
  bias: usize, d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize,
  y0: usize, y1: usize, y2: usize, y3: usize, y4: usize, y5: usize, columns: i32, lower: f32, upper: f32,
): i32 {
  const floor = f32x4.splat(lower);
  let shift: usize = 0;
  let left = columns;
  while (left > 8) {
    let s00 = zero(), s01 = zero(), s02 = zero(), s03 = zero();
    let s10 = zero(), s11 = zero(), s12 = zero(), s13 = zero();
    let s20 = zero(), s21 = zero(), s22 = zero(), s23 = zero();
    let s30 = zero(), s31 = zero(), s32 = zero(), s33 = zero();
    let s40 = zero(), s41 = zero(), s42 = zero(), s43 = zero();
    let s50 = zero(), s51 = zero(), s52 = zero(), s53 = zero();
    const count = min(left, 16) - 8;
    let b = panel;
    let c = panel + panelStride;
    let rowOffset: usize = 0;
    for (let tapRow = 0; tapRow < tapRows; tapRow++) {
      let offset = rowOffset;
      for (let tap = 0; tap < taps; tap++) {
        let p0 = a0 + offset, p1 = a1 + offset, p2 = a2 + offset, p3 = a3 + offset, p4 = a4 + offset, p5 = a5 + offset;
        for (let i = length; i > 0; i--) {
          const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(c), b3 = v128.load(c, 16);
          let x = v128.load32_splat(p0); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02); s03 = madd(x, b3, s03);
          x = v128.load32_splat(p1); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12); s13 = madd(x, b3, s13);
          x = v128.load32_splat(p2); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22); s23 = madd(x, b3, s23);
          x = v128.load32_splat(p3); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32); s33 = madd(x, b3, s33);
          x = v128.load32_splat(p4); s40 = madd(x, b0, s40); s41 = madd(x, b1, s41); s42 = madd(x, b2, s42); s43 = madd(x, b3, s43);
          x = v128.load32_splat(p5); s50 = madd(x, b0, s50); s51 = madd(x, b1, s51); s52 = madd(x, b2, s52); s53 = madd(x, b3, s53);
          p0 += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4; p5 += 4; b += 32; c += 32;
        }
        offset += tapStride;
      }
      rowOffset += tapRowStride;
    }
    const ceiling = f32x4.splat(upper);
    store_row_16(y0 + shift, s00, s01, s02, s03, d0 + shift, bias, floor, ceiling, count);
    store_row_16(y1 + shift, s10, s11, s12, s13, d1 + shift, bias, floor, ceiling, count);
    store_row_16(y2 + shift, s20, s21, s22, s23, d2 + shift, bias, floor, ceiling, count);
    store_row_16(y3 + shift, s30, s31, s32, s33, d3 + shift, bias, floor, ceiling, count);
    store_row_16(y4 + shift, s40, s41, s42, s43, d4 + shift, bias, floor, ceiling, count);
    store_row_16(y5 + shift, s50, s51, s52, s53, d5 + shift, bias, floor, ceiling, count);
    panel += 2 * panelStride;
    shift += 64;
    left -= 16;
  }
  return columns - left;
}

/** Bias, bounds and store for eight columns of one row. */
// @ts-ignore: decorator
@inline
function store_row(to: usize, low: v128, high: v128, bias: usize, hasBias: usize, floor: v128, ceiling: v128, count: i32): void {
  if (hasBias) {
    low = f32x4.add(low, v128.load(bias));
    high = f32x4.add(high, v128.load(bias, 16));
  }
  // pmax(a, b) = a < b ? b : a, so NaN stays NaN; pmin alike.
  low = f32x4.pmin(f32x4.pmax(low, floor), ceiling);
  high = f32x4.pmin(f32x4.pmax(high, floor), ceiling);
  store_up_to_8(to, low, high, count);
}

/** `store_row` for sixteen columns, of which the first 8 + `count` are valid. */
// @ts-ignore: decorator
@inline
function store_row_16(
  to: usize, s0: v128, s1: v128, s2: v128, s3: v128, bias: usize, hasBias: usize, floor: v128, ceiling: v128, count: i32,
): void {
  if (hasBias) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
    s2 = f32x4.add(s2, v128.load(bias, 32));
    s3 = f32x4.add(s3, v128.load(bias, 48));
  }
  v128.store(to, f32x4.pmin(f32x4.pmax(s0, floor), ceiling));
  v128.store(to, f32x4.pmin(f32x4.pmax(s1, floor), ceiling), 16);
  store_up_to_8(to + 32, f32x4.pmin(f32x4.pmax(s2, floor), ceiling), f32x4.pmin(f32x4.pmax(s3, floor), ceiling), count);
}

/** Columns that `outer_tile` does at once. */
export const OUTER_COLUMNS: i32 = WIDE ? 16 : 8;

/** Up to `OUTER_COLUMNS` columns of a product as `outer_gemm`'s, for `rows` neighbouring rows over one block of samples. */
export function outer_tile(
  rows: i32,
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, columns: i32, first: bool,
): void {
  if (WIDE && columns > 8) {
    columns -= 8;
    for (; rows >= 6 && rows != 8; rows -= 6) {
      outer_tile_6x16(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, columns, first);
      a += 24;
      dw += 6 * dwStride;
    }
    // Eight rows are twice four: two would wait for each other's sums.
    for (; rows >= 4; rows -= 4) {
      outer_tile_4x16(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, columns, first);
      a += 16;
      dw += 4 * dwStride;
    }
    outer_tile_8(rows, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, 8, first);
    dy += 32;
    dw += 32;
  }
  outer_tile_8(rows, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, columns, first);
}

/** Eight columns of `outer_tile`; `count` of them are valid. */
function outer_tile_8(
  rows: i32,
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  while (rows > 0) {
    let done = 1;
    if (WIDE && rows >= 6) {
      done = 6;
      outer_tile_6x8(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
    } else if (!WIDE && rows >= 4) {
      done = 4;
      outer_tile_4x8(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
    } else if (rows >= 3) {
      done = 3;
      outer_tile_3x8(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
    } else {
      outer_tile_1x8(a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
    }
    rows -= done;
    a += <usize>done << 2;
    dw += <usize>done * dwStride;
  }
}

/**
 * Eight columns of a product as `outer_gemm`'s, for `rows` neighbouring rows, at most six, whose sums stay in registers: `rows` is a
 * constant wherever this is called, so that the compiler leaves out what is not for that many rows.
 */
// @ts-ignore: decorator
@inline
function outer_rows(
  rows: i32, a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero();
  let s10 = zero(), s11 = zero();
  let s20 = zero(), s21 = zero();
  let s30 = zero(), s31 = zero();
  let s40 = zero(), s41 = zero();
  let s50 = zero(), s51 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const b0 = v128.load(dy), b1 = v128.load(dy, 16);
        let x = v128.load32_splat(a); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01);
        if (rows > 1) { x = v128.load32_splat(a, 4); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); }
        if (rows > 2) { x = v128.load32_splat(a, 8); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); }
        if (rows > 3) { x = v128.load32_splat(a, 12); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); }
        if (rows > 4) { x = v128.load32_splat(a, 16); s40 = madd(x, b0, s40); s41 = madd(x, b1, s41); }
        if (rows > 5) { x = v128.load32_splat(a, 20); s50 = madd(x, b0, s50); s51 = madd(x, b1, s51); }
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row(dw, s00, s01, count, first);
  if (rows > 1) add_row(dw + dwStride, s10, s11, count, first);
  if (rows > 2) add_row(dw + 2 * dwStride, s20, s21, count, first);
  if (rows > 3) add_row(dw + 3 * dwStride, s30, s31, count, first);
  if (rows > 4) add_row(dw + 4 * dwStride, s40, s41, count, first);
  if (rows > 5) add_row(dw + 5 * dwStride, s50, s51, count, first);
}

// Each tile is a function of its own: what `outer_rows` holds for its number of rows is known where it is inlined, and V8 gives each
// function registers by itself.

function outer_tile_4x8(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  outer_rows(4, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
}

function outer_tile_3x8(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  outer_rows(3, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
}

function outer_tile_1x8(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  outer_rows(1, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
}

function outer_tile_6x8(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  outer_rows(6, a, n, aSampleEnd, gridP, aRowEnd, gridQ, aColumn, dy, dyStride, dw, dwStride, count, first);
}

function outer_tile_6x16(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero(), s02 = zero(), s03 = zero();
  let s10 = zero(), s11 = zero(), s12 = zero(), s13 = zero();
  let s20 = zero(), s21 = zero(), s22 = zero(), s23 = zero();
  let s30 = zero(), s31 = zero(), s32 = zero(), s33 = zero();
  let s40 = zero(), s41 = zero(), s42 = zero(), s43 = zero();
  let s50 = zero(), s51 = zero(), s52 = zero(), s53 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const b0 = v128.load(dy), b1 = v128.load(dy, 16), b2 = v128.load(dy, 32), b3 = v128.load(dy, 48);
        let x = v128.load32_splat(a); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02); s03 = madd(x, b3, s03);
        x = v128.load32_splat(a, 4); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12); s13 = madd(x, b3, s13);
        x = v128.load32_splat(a, 8); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22); s23 = madd(x, b3, s23);
        x = v128.load32_splat(a, 12); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32); s33 = madd(x, b3, s33);
        x = v128.load32_splat(a, 16); s40 = madd(x, b0, s40); s41 = madd(x, b1, s41); s42 = madd(x, b2, s42); s43 = madd(x, b3, s43);
        x = v128.load32_splat(a, 20); s50 = madd(x, b0, s50); s51 = madd(x, b1, s51); s52 = madd(x, b2, s52); s53 = madd(x, b3, s53);
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row_16(dw, s00, s01, s02, s03, count, first);
  add_row_16(dw + dwStride, s10, s11, s12, s13, count, first);
  add_row_16(dw + 2 * dwStride, s20, s21, s22, s23, count, first);
  add_row_16(dw + 3 * dwStride, s30, s31, s32, s33, count, first);
  add_row_16(dw + 4 * dwStride, s40, s41, s42, s43, count, first);
  add_row_16(dw + 5 * dwStride, s50, s51, s52, s53, count, first);
}

function outer_tile_4x16(
  a: usize, n: i32, aSampleEnd: usize, gridP: i32, aRowEnd: usize, gridQ: i32, aColumn: usize,
  dy: usize, dyStride: usize, dw: usize, dwStride: usize, count: i32, first: bool,
): void {
  let s00 = zero(), s01 = zero(), s02 = zero(), s03 = zero();
  let s10 = zero(), s11 = zero(), s12 = zero(), s13 = zero();
  let s20 = zero(), s21 = zero(), s22 = zero(), s23 = zero();
  let s30 = zero(), s31 = zero(), s32 = zero(), s33 = zero();
  for (let sample = 0; sample < n; sample++) {
    for (let p = 0; p < gridP; p++) {
      for (let q = 0; q < gridQ; q++) {
        const b0 = v128.load(dy), b1 = v128.load(dy, 16), b2 = v128.load(dy, 32), b3 = v128.load(dy, 48);
        let x = v128.load32_splat(a); s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02); s03 = madd(x, b3, s03);
        x = v128.load32_splat(a, 4); s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12); s13 = madd(x, b3, s13);
        x = v128.load32_splat(a, 8); s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22); s23 = madd(x, b3, s23);
        x = v128.load32_splat(a, 12); s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32); s33 = madd(x, b3, s33);
        a += aColumn;
        dy += dyStride;
      }
      a += aRowEnd;
    }
    a += aSampleEnd;
  }
  add_row_16(dw, s00, s01, s02, s03, count, first);
  add_row_16(dw + dwStride, s10, s11, s12, s13, count, first);
  add_row_16(dw + 2 * dwStride, s20, s21, s22, s23, count, first);
  add_row_16(dw + 3 * dwStride, s30, s31, s32, s33, count, first);
}

/** Stores, or from the second block on adds, eight sums of one row. */
// @ts-ignore: decorator
@inline
function add_row(to: usize, low: v128, high: v128, count: i32, first: bool): void {
  if (!first) {
    low = f32x4.add(v128.load(to), low);
    high = f32x4.add(v128.load(to, 16), high);
  }
  store_up_to_8(to, low, high, count);
}

/** `add_row` for sixteen sums, of which the first 8 + `count` are valid. */
// @ts-ignore: decorator
@inline
function add_row_16(to: usize, s0: v128, s1: v128, s2: v128, s3: v128, count: i32, first: bool): void {
  if (!first) {
    s0 = f32x4.add(v128.load(to), s0);
    s1 = f32x4.add(v128.load(to, 16), s1);
    s2 = f32x4.add(v128.load(to, 32), s2);
    s3 = f32x4.add(v128.load(to, 48), s3);
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  store_up_to_8(to + 32, s2, s3, count);
}
