// The parametric ReLU (He et al., 2015): factors for negative inputs, which are trained. A sample is [outer, rows, size, run], the
// factors are [outer, size]: those of all axes, of channels, of positions, of lines, or a single one.

import { keep_lanes, store_lanes, store_lanes_inline, sum_lanes } from "./lanes";
import { column_sum } from "./norm-tiles";
import { address, madd, zero } from "./simd";
import { add_high, add_low, demote } from "./sums";

/** Vectors that are summed in float32; their sums are added in float64. */
const BLOCK: i32 = 64;

/** x where it is positive, else factor times x. */
// @ts-ignore: decorator
@inline
function leaky(x: v128, factor: v128): v128 {
  return madd(f32x4.pmin(x, zero()), factor, f32x4.pmax(x, zero()));
}

/** The bits in which a factor and 1 differ, by which `slope` chooses faster than by a choice of lanes. */
// @ts-ignore: decorator
@inline
function turn(factor: v128): v128 {
  return v128.xor(factor, f32x4.splat(1));
}

/** 1 where x is positive, else the factor. */
// @ts-ignore: decorator
@inline
function slope(x: v128, factor: v128, turned: v128): v128 {
  return v128.xor(factor, v128.and(turned, f32x4.gt(x, zero())));
}

/**
 * y = x where x is positive, else alpha x. Axis: sample. Overwrites y; x and y may be the same. Cost: one pass over memory.
 *
 * @param x, y [n, outer, rows, size, run]
 * @param alpha [outer, size]
 */
export function prelu_forward(
  begin: i32, end: i32, x: i32, y: i32, alpha: i32, outer: i32, rows: i32, size: i32, run: i32,
): void {
  const row = size * run;
  let from = address(x + begin * outer * rows * row), to = address(y + begin * outer * rows * row);
  for (let lines = begin * outer * rows; lines < end * outer * rows; lines++) {
    const factors = address(alpha + (lines / rows) % outer * size);
    if (run == 1) {
      for (let i: usize = 0, columns = size; columns > 0; columns -= 4) {
        const value = v128.load(from + i);
        store_lanes_inline(to + i, leaky(value, v128.load(factors + i)), columns);
        i += 16;
      }
      from += <usize>row << 2;
      to += <usize>row << 2;
      continue;
    }
    for (let j = 0; j < size; j++) {
      const factor = v128.load32_splat(factors + (<usize>j << 2));
      for (let i: usize = 0, left = run; left > 0; left -= 4) {
        const value = v128.load(from + i);
        store_lanes_inline(to + i, leaky(value, factor), left);
        i += 16;
      }
      from += <usize>run << 2;
      to += <usize>run << 2;
    }
  }
}

/** dx of four columns of a row, `shift` bytes from its start; returns dy x where x is not positive, added to `sum`. */
// @ts-ignore: decorator
@inline
function column_gradients(x: usize, dy: usize, dx: usize, shift: usize, factor: v128, sum: v128): v128 {
  const value = v128.load(x + shift), gradient = v128.load(dy + shift);
  v128.store(dx + shift, f32x4.mul(gradient, slope(value, factor, turn(factor))));
  return madd(f32x4.pmin(value, zero()), gradient, sum);
}

/** Gradients of columns that have factors of their own; stores the sums of dy x of each column where x is not positive. */
function backward_columns(x: usize, dy: usize, dx: usize, alpha: usize, sums: usize, rows: i32, size: i32): void {
  const stride = <usize>size << 2;
  let i: usize = 0, lanes = size;
  if (rows == 1) {
    // Each element has a factor: there is nothing to sum.
    for (; lanes > 0; lanes -= 4) {
      const factor = v128.load(alpha + i), value = v128.load(x + i), gradient = v128.load(dy + i);
      store_lanes_inline(dx + i, f32x4.mul(gradient, slope(value, factor, turn(factor))), lanes);
      store_lanes_inline(sums + i, f32x4.mul(f32x4.pmin(value, zero()), gradient), lanes);
      i += 16;
    }
    return;
  }
  // A cache line of each row at a time.
  for (; lanes >= 16; lanes -= 16) {
    const factor0 = v128.load(alpha + i), factor1 = v128.load(alpha + i, 16);
    const factor2 = v128.load(alpha + i, 32), factor3 = v128.load(alpha + i, 48);
    let from = x + i, across = dy + i, to = dx + i;
    let low0 = f64x2.splat(0), low1 = low0, low2 = low0, low3 = low0;
    let high0 = low0, high1 = low0, high2 = low0, high3 = low0;
    for (let left = rows; left > 0; left -= BLOCK) {
      let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
      for (let count = min(left, BLOCK); count > 0; count--) {
        sum0 = column_gradients(from, across, to, 0, factor0, sum0);
        sum1 = column_gradients(from, across, to, 16, factor1, sum1);
        sum2 = column_gradients(from, across, to, 32, factor2, sum2);
        sum3 = column_gradients(from, across, to, 48, factor3, sum3);
        from += stride;
        across += stride;
        to += stride;
      }
      low0 = add_low(low0, sum0);
      high0 = add_high(high0, sum0);
      low1 = add_low(low1, sum1);
      high1 = add_high(high1, sum1);
      low2 = add_low(low2, sum2);
      high2 = add_high(high2, sum2);
      low3 = add_low(low3, sum3);
      high3 = add_high(high3, sum3);
    }
    v128.store(sums + i, demote(low0, high0));
    v128.store(sums + i, demote(low1, high1), 16);
    v128.store(sums + i, demote(low2, high2), 32);
    v128.store(sums + i, demote(low3, high3), 48);
    i += 64;
  }
  for (; lanes > 0; lanes -= 4) {
    const factor = v128.load(alpha + i), turned = turn(factor);
    let from = x + i, across = dy + i, to = dx + i;
    let low = f64x2.splat(0), high = low;
    for (let left = rows; left > 0; left -= BLOCK) {
      let sum = zero();
      for (let count = min(left, BLOCK); count > 0; count--) {
        const value = v128.load(from), gradient = v128.load(across);
        sum = madd(f32x4.pmin(value, zero()), gradient, sum);
        store_lanes_inline(to, f32x4.mul(gradient, slope(value, factor, turned)), lanes);
        from += stride;
        across += stride;
        to += stride;
      }
      low = add_low(low, sum);
      high = add_high(high, sum);
    }
    store_lanes(sums + i, demote(low, high), lanes);
    i += 16;
  }
}

/** Gradients of runs of one factor, `stride` bytes apart; returns the sum of dy x where x is not positive. */
function backward_runs(x: usize, dy: usize, dx: usize, factor: v128, stride: usize, rows: i32, run: i32): f32 {
  const turned = turn(factor);
  let total: f64 = 0;
  for (; rows > 0; rows--) {
    let from = x, across = dy, to = dx;
    for (let left = run; left > 0; ) {
      let sum = zero();
      const after = max(0, left - 4 * BLOCK);
      for (; left > after; left -= 4) {
        const value = v128.load(from), gradient = v128.load(across);
        const product = f32x4.mul(f32x4.pmin(value, zero()), gradient);
        sum = f32x4.add(sum, left < 4 ? keep_lanes(product, left) : product);
        store_lanes_inline(to, f32x4.mul(gradient, slope(value, factor, turned)), left);
        from += 16;
        across += 16;
        to += 16;
      }
      total += <f64>sum_lanes(sum);
    }
    x += stride;
    dy += stride;
    dx += stride;
  }
  return <f32>total;
}

/**
 * dx = dy where x is positive, else alpha dy; and for each factor the sum over its elements of a sample of dy x where x is not
 * positive.
 *
 * Axis: sample. Overwrites dx and sums; dy and dx may be the same. Cost: one pass over x and dy.
 *
 * @param x, dy, dx [n, outer, rows, size, run]
 * @param alpha [outer, size]
 * @param sums [n, outer, size]
 */
export function prelu_backward(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, alpha: i32, sums: i32, outer: i32, rows: i32, size: i32, run: i32,
): void {
  const stride = <usize>(size * run) << 2;
  for (let block = begin * outer; block < end * outer; block++) {
    const skip = <usize>block * <usize>rows * stride;
    const from = address(x) + skip, across = address(dy) + skip, into = address(dx) + skip;
    const factors = address(alpha + block % outer * size), to = address(sums + block * size);
    if (run == 1) {
      backward_columns(from, across, into, factors, to, rows, size);
      continue;
    }
    for (let j = 0; j < size; j++) {
      const at = <usize>j << 2, first = <usize>(j * run) << 2;
      const factor = v128.load32_splat(factors + at);
      store<f32>(to + at, backward_runs(from + first, across + first, into + first, factor, stride, rows, run));
    }
  }
}

/** The gradient of the factors, from the sums of each sample. Axis: channel. sums: [n, size], dalpha: [size]. */
export function prelu_parameters(begin: i32, end: i32, sums: i32, dalpha: i32, n: i32, size: i32): void {
  for (let i = begin; i < end; i += 4) {
    const sum = column_sum(address(sums + i), <usize>size << 2, n, zero());
    store_lanes(address(dalpha + i), sum, min(4, end - i));
  }
}
