// The parts that batch and group normalization have in common: tiles of rows, and sums over them and over samples. x is
// [rows, c]; the sums of a sample are rows of `padded` floats, c rounded up to whole vectors, with zeros at their end.

import { SUM_ROWS } from "../src/engine/kernel-sizes";
import { keep_lanes, store_lanes_inline } from "./lanes";
import { madd, zero } from "./simd";
import { add_high, add_low, demote } from "./sums";

/** Rows that are taken together: registers hold the sums, and all channels find the rows in the first-level cache. */
// @ts-ignore: decorator
@inline
export function rows_in_tile(c: i32): i32 {
  return max(16, min(64, 256 / c));
}

/** Rows that are summed in float32; the sums of more are added in float64. */
// @ts-ignore: decorator
@inline
export function rows_in_sum(c: i32): i32 {
  return max(16, min(64, 8192 / c));
}

/** Rows of a sample's sums: four hold two sums in float64, the fifth keeps samples from lying a power of two apart. */
export const ROWS: usize = SUM_ROWS;

/** c rounded up to whole vectors. */
// @ts-ignore: decorator
@inline
export function padded(c: i32): i32 {
  return (c + 3) & ~3;
}

/** Samples that are added up in float32; their sums are added in float64. */
export const BLOCK: i32 = 128;

/** Sum of the differences of `rows` vectors, a block of them at most, from an origin. */
function block_sum(from: usize, stride: usize, rows: i32, origin: v128): v128 {
  let sum0 = zero();
  let sum1 = zero();
  for (; rows >= 2; rows -= 2) {
    sum0 = f32x4.add(sum0, f32x4.sub(v128.load(from), origin));
    sum1 = f32x4.add(sum1, f32x4.sub(v128.load(from + stride), origin));
    from += 2 * stride;
  }
  if (rows > 0) sum0 = f32x4.add(sum0, f32x4.sub(v128.load(from), origin));
  return f32x4.add(sum0, sum1);
}

/** `block_sum` of any number of vectors. */
export function column_sum(from: usize, stride: usize, rows: i32, origin: v128): v128 {
  let low = f64x2.splat(0), high = low;
  for (; rows > 0; rows -= BLOCK) {
    const sum = block_sum(from, stride, min(rows, BLOCK), origin);
    low = add_low(low, sum);
    high = add_high(high, sum);
    from += BLOCK * stride;
  }
  return demote(low, high);
}

/** y = max(scale x + shift, lower) of a tile of rows. */
// @ts-ignore: decorator
@inline
export function normalize_tile(
  from: usize, to: usize, stride: usize, rows: i32, scale: v128, shift: v128, lower: v128, lanes: i32,
): void {
  for (; rows > 0; rows--) {
    store_lanes_inline(to, f32x4.pmax(madd(v128.load(from), scale, shift), lower), lanes);
    from += stride;
    to += stride;
  }
}

/** dz: dy where the ReLU let scale x + shift through, else 0; without a ReLU dy. */
// @ts-ignore: decorator
@inline
function gradient_of(dy: usize, x: v128, scale: v128, shift: v128, relu: bool): v128 {
  const gradient = v128.load(dy);
  return relu ? v128.and(gradient, f32x4.gt(madd(x, scale, shift), zero())) : gradient;
}

/** The sums of dz and of dz (x - mean) over a tile of rows; added to those before it, where there are more tiles. */
// @ts-ignore: decorator
@inline
export function add_gradients(
  x: usize, dy: usize, stride: usize, rows: i32, mean: v128, scale: v128, shift: v128, to: usize, row: usize,
  more: bool, relu: bool,
): void {
  let sum0 = zero(), sum1 = zero();
  let product0 = zero(), product1 = zero();
  for (; rows >= 2; rows -= 2) {
    const x0 = v128.load(x);
    const x1 = v128.load(x + stride);
    const dz0 = gradient_of(dy, x0, scale, shift, relu);
    const dz1 = gradient_of(dy + stride, x1, scale, shift, relu);
    sum0 = f32x4.add(sum0, dz0);
    sum1 = f32x4.add(sum1, dz1);
    product0 = madd(dz0, f32x4.sub(x0, mean), product0);
    product1 = madd(dz1, f32x4.sub(x1, mean), product1);
    x += 2 * stride;
    dy += 2 * stride;
  }
  if (rows > 0) {
    const x0 = v128.load(x);
    const dz = gradient_of(dy, x0, scale, shift, relu);
    sum0 = f32x4.add(sum0, dz);
    product0 = madd(dz, f32x4.sub(x0, mean), product0);
  }
  sum0 = f32x4.add(sum0, sum1);
  product0 = f32x4.add(product0, product1);
  if (!more) {
    v128.store(to, sum0);
    v128.store(to + row, product0);
    return;
  }
  v128.store(to, add_low(v128.load(to), sum0));
  v128.store(to + row, add_low(v128.load(to + row), product0));
  to += 2 * row;
  v128.store(to, add_high(v128.load(to), sum0));
  v128.store(to + row, add_high(v128.load(to + row), product0));
}

/** Makes float32 of two rows of sums that `more` tiles were added to, and zeros of what lies behind c sums. */
// @ts-ignore: decorator
@inline
export function demote_sums(to: usize, row: usize, c: i32, more: bool): void {
  if (more) {
    for (let at = to; at < to + row; at += 16) {
      v128.store(at, demote(v128.load(at), v128.load(at + 2 * row)));
      v128.store(at + row, demote(v128.load(at + row), v128.load(at + 3 * row)));
      v128.store(at + 2 * row, zero());
      v128.store(at + 3 * row, zero());
    }
  }
  if (c & 3) {
    const last = to + row - 16;
    v128.store(last, keep_lanes(v128.load(last), c & 3));
    v128.store(last + row, keep_lanes(v128.load(last + row), c & 3));
  }
}

/** dx = scale dz + slope x + constant of a tile of rows. */
// @ts-ignore: decorator
@inline
export function gradient_tile(
  x: usize, dy: usize, dx: usize, stride: usize, rows: i32,
  scale: v128, shift: v128, slope: v128, constant: v128, lanes: i32, relu: bool,
): void {
  for (; rows > 0; rows--) {
    const value = v128.load(x);
    const dz = gradient_of(dy, value, scale, shift, relu);
    store_lanes_inline(dx, madd(dz, scale, madd(value, slope, constant)), lanes);
    x += stride;
    dy += stride;
    dx += stride;
  }
}
