// The parts that batch and group normalization have in common: tiles of rows, and sums over them and over samples. x is
// [rows, c]; the sums of a sample are rows of `padded` floats, c rounded up to whole vectors, with zeros at their end.

import { SUM_ROWS } from "../src/engine/kernel-sizes";
import { keep_lanes } from "./lanes";
import { madd, zero } from "./simd";
import { CHANNELS, load_high, SPAN, store_channels_inline } from "./span";
import { add_high, add_low, demote } from "./sums";

/** Rows that are summed in float32; the sums of more are added in float64. */
// @ts-ignore: decorator
@inline
export function rows_in_sum(c: i32): i32 {
  return max(16, min(64, 8192 / c));
}

/** Floats of a sample from which on it is fetched from memory rather than read in a cache. */
export const LARGE_SAMPLE: i32 = 32768;

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

/** y = min(max(scale x + shift, lower), upper) at a span of channels; a whole one where `count` is the constant CHANNELS. */
// @ts-ignore: decorator
@inline
function normalize_span(from: usize, to: usize, scale: usize, shift: usize, lower: v128, upper: v128, count: i32): void {
  const low = madd(v128.load(from), v128.load(scale), v128.load(shift));
  const high = madd(load_high(from), load_high(scale), load_high(shift));
  store_channels_inline(to, f32x4.pmin(f32x4.pmax(low, lower), upper), f32x4.pmin(f32x4.pmax(high, lower), upper), count);
}

/**
 * y = min(max(scale x + shift, lower), upper) of rows, in the order of memory: factors of a span are loaded anew for each row, which costs
 * less than rows that are read in turns (docs/NOTES.md).
 */
// @ts-ignore: decorator
@inline
export function normalize_rows(from: usize, to: usize, stride: usize, rows: i32, scale: usize, shift: usize, lower: v128, upper: v128): void {
  for (; rows > 0; rows--) {
    let i: usize = 0;
    for (; i + 2 * SPAN <= stride; i += 2 * SPAN) {
      normalize_span(from + i, to + i, scale + i, shift + i, lower, upper, CHANNELS);
      normalize_span(from + i + SPAN, to + i + SPAN, scale + i + SPAN, shift + i + SPAN, lower, upper, CHANNELS);
    }
    for (; i < stride; i += SPAN) {
      normalize_span(from + i, to + i, scale + i, shift + i, lower, upper, <i32>(stride - i) >> 2);
    }
    from += stride;
    to += stride;
  }
}

/** No ReLU, a plain one, or one with an upper bound. Constants, of which each has code of its own. */
export const NO_RELU: i32 = 0, PLAIN: i32 = 1, BOUNDED: i32 = 2;

/** dz: dy where the ReLU let scale x + shift through, which is between 0 and `upper`; without a ReLU dy. */
// @ts-ignore: decorator
@inline
function gradient_of(dy: v128, x: v128, scale: v128, shift: v128, upper: v128, relu: i32): v128 {
  if (relu == NO_RELU) return dy;
  const z = madd(x, scale, shift), positive = f32x4.gt(z, zero());
  return v128.and(dy, relu == BOUNDED ? v128.and(positive, f32x4.lt(z, upper)) : positive);
}

/**
 * The sums of dz and of dz (x - mean) over a tile of rows, at a span of channels; added to those before it, where there are more tiles.
 *
 * @param x, dy, mean, scale, shift, to addresses at the first channel
 * @param pair both vectors of the span, else its first one
 * @param upper bound of the ReLU
 */
// @ts-ignore: decorator
@inline
export function add_gradients(
  x: usize, dy: usize, stride: usize, rows: i32, mean: usize, scale: usize, shift: usize, to: usize, row: usize,
  more: bool, relu: i32, upper: v128, pair: bool,
): void {
  const m = v128.load(mean), n = pair ? v128.load(mean, 16) : zero();
  const factor = relu ? v128.load(scale) : zero(), factorHigh = relu && pair ? v128.load(scale, 16) : zero();
  const summand = relu ? v128.load(shift) : zero(), summandHigh = relu && pair ? v128.load(shift, 16) : zero();
  let sum0 = zero(), sum1 = zero(), high0 = zero(), high1 = zero();
  let product0 = zero(), product1 = zero(), productHigh0 = zero(), productHigh1 = zero();
  for (;;) {
    let value = v128.load(x), valueHigh = pair ? v128.load(x, 16) : zero();
    let dz = gradient_of(v128.load(dy), value, factor, summand, upper, relu);
    let dzHigh = pair ? gradient_of(v128.load(dy, 16), valueHigh, factorHigh, summandHigh, upper, relu) : zero();
    sum0 = f32x4.add(sum0, dz);
    if (pair) high0 = f32x4.add(high0, dzHigh);
    product0 = madd(dz, f32x4.sub(value, m), product0);
    if (pair) productHigh0 = madd(dzHigh, f32x4.sub(valueHigh, n), productHigh0);
    if (rows == 1) break;
    x += stride;
    dy += stride;
    value = v128.load(x); valueHigh = pair ? v128.load(x, 16) : zero();
    dz = gradient_of(v128.load(dy), value, factor, summand, upper, relu);
    dzHigh = pair ? gradient_of(v128.load(dy, 16), valueHigh, factorHigh, summandHigh, upper, relu) : zero();
    sum1 = f32x4.add(sum1, dz);
    if (pair) high1 = f32x4.add(high1, dzHigh);
    product1 = madd(dz, f32x4.sub(value, m), product1);
    if (pair) productHigh1 = madd(dzHigh, f32x4.sub(valueHigh, n), productHigh1);
    if ((rows -= 2) == 0) break;
    x += stride;
    dy += stride;
  }
  sum0 = f32x4.add(sum0, sum1);
  product0 = f32x4.add(product0, product1);
  if (pair) {
    high0 = f32x4.add(high0, high1);
    productHigh0 = f32x4.add(productHigh0, productHigh1);
  }
  if (!more) {
    v128.store(to, sum0);
    if (pair) v128.store(to, high0, 16);
    v128.store(to + row, product0);
    if (pair) v128.store(to + row, productHigh0, 16);
    return;
  }
  if (pair) {
    // V8 makes pairs of what is stored side by side; the halves are read from there.
    const rest = to + 4 * row;
    v128.store(rest, sum0);
    v128.store(rest, high0, 16);
    sum0 = v128.load(rest); high0 = v128.load(rest, 16);
    v128.store(rest, product0);
    v128.store(rest, productHigh0, 16);
    product0 = v128.load(rest); productHigh0 = v128.load(rest, 16);
  }
  add_double(to, row, sum0);
  add_double(to + row, row, product0);
  if (pair) {
    add_double(to + 16, row, high0);
    add_double(to + 16 + row, row, productHigh0);
  }
}

/** Adds four lanes to sums in float64: the low ones at an address, the high ones two rows after it. */
// @ts-ignore: decorator
@inline
function add_double(to: usize, row: usize, v: v128): void {
  v128.store(to, add_low(v128.load(to), v));
  v128.store(to + 2 * row, add_high(v128.load(to + 2 * row), v));
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

/** dx = scale dz + slope x + constant at a span of channels; a whole one where `count` is the constant CHANNELS. */
// @ts-ignore: decorator
@inline
function gradient_span(
  x: usize, dy: usize, dx: usize, scale: usize, shift: usize, slope: usize, constant: usize, count: i32, relu: i32, upper: v128,
): void {
  const low = v128.load(x), high = load_high(x);
  const factor = v128.load(scale), factorHigh = load_high(scale);
  const dz = gradient_of(v128.load(dy), low, factor, relu ? v128.load(shift) : zero(), upper, relu);
  const dzHigh = gradient_of(load_high(dy), high, factorHigh, relu ? load_high(shift) : zero(), upper, relu);
  store_channels_inline(
    dx, madd(dz, factor, madd(low, v128.load(slope), v128.load(constant))),
    madd(dzHigh, factorHigh, madd(high, load_high(slope), load_high(constant))), count,
  );
}

/** dx = scale dz + slope x + constant of rows, in the order of memory. */
// @ts-ignore: decorator
@inline
export function gradient_rows(
  x: usize, dy: usize, dx: usize, stride: usize, rows: i32,
  scale: usize, shift: usize, slope: usize, constant: usize, relu: i32, upper: v128,
): void {
  for (; rows > 0; rows--) {
    let i: usize = 0;
    for (; i + SPAN <= stride; i += SPAN) {
      gradient_span(x + i, dy + i, dx + i, scale + i, shift + i, slope + i, constant + i, CHANNELS, relu, upper);
    }
    if (i < stride) {
      gradient_span(x + i, dy + i, dx + i, scale + i, shift + i, slope + i, constant + i, <i32>(stride - i) >> 2, relu, upper);
    }
    x += stride;
    dy += stride;
    dx += stride;
  }
}
