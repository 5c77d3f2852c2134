// Merging tensors: sums, products and maxima of equal shapes, an image times a number for each channel, columns side by
// side. Axis: sample. Of equal shapes a range of samples is one run of floats, whose last vector may read up to three
// floats past it; what is read past an end is never stored. Every kernel costs one pass over memory.

import { store_lanes_inline } from "./lanes";
import { address, madd, store_up_to_8, zero } from "./simd";
import { add_high, add_low, demote } from "./sums";

const ADD: i32 = 0;
const SUBTRACT: i32 = 1;
const MULTIPLY: i32 = 2;
const MAXIMUM: i32 = 3;

/** y = a and b put together; `operation` is a constant. */
// @ts-ignore: decorator
@inline
function merge(begin: i32, end: i32, a: i32, b: i32, y: i32, size: i32, operation: i32): void {
  let first = address(a + begin * size);
  let second = address(b + begin * size);
  let to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    const one = v128.load(first), other = v128.load(second);
    let merged: v128;
    if (operation == ADD) merged = f32x4.add(one, other);
    else if (operation == SUBTRACT) merged = f32x4.sub(one, other);
    else if (operation == MULTIPLY) merged = f32x4.mul(one, other);
    else merged = f32x4.max(one, other);
    store_lanes_inline(to, merged, left);
    first += 16;
    second += 16;
    to += 16;
  }
}

/** y = a + b. a, b, y: [n, size]; y may be a or b. */
export function add(begin: i32, end: i32, a: i32, b: i32, y: i32, size: i32): void {
  merge(begin, end, a, b, y, size, ADD);
}

/** y = a - b. a, b, y: [n, size]; y may be a or b. */
export function subtract(begin: i32, end: i32, a: i32, b: i32, y: i32, size: i32): void {
  merge(begin, end, a, b, y, size, SUBTRACT);
}

/** y = a b; also its gradients, with dy in place of a or b. a, b, y: [n, size]; y may be a or b. */
export function multiply(begin: i32, end: i32, a: i32, b: i32, y: i32, size: i32): void {
  merge(begin, end, a, b, y, size, MULTIPLY);
}

/** y = the larger of a and b, NaN where either is. a, b, y: [n, size]; y may be a or b. */
export function maximum(begin: i32, end: i32, a: i32, b: i32, y: i32, size: i32): void {
  merge(begin, end, a, b, y, size, MAXIMUM);
}

/**
 * The gradient of one input of a maximum: dx = dy where x equals y, else 0, and rest = dy where it does not, else 0.
 * The kernel is called for one input after the other, each with the rest of the one before, so that among equal inputs
 * the first one gets dy. NaN equals nothing: where y is NaN, no input has a gradient.
 *
 * @param x, y an input and the output [n, size]
 * @param dy, dx [n, size]; dx may be dy where there is no rest
 * @param rest [n, size], may be dy; 0: not wanted
 */
export function maximum_backward(
  begin: i32, end: i32, x: i32, y: i32, dy: i32, dx: i32, rest: i32, size: i32,
): void {
  const start = begin * size;
  let input = address(x + start), output = address(y + start), from = address(dy + start);
  let to = address(dx + start), over = address(rest + start);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    const gradient = v128.load(from);
    const mask = f32x4.eq(v128.load(input), v128.load(output));
    if (rest) store_lanes_inline(over, v128.andnot(gradient, mask), left);
    store_lanes_inline(to, v128.and(gradient, mask), left);
    input += 16;
    output += 16;
    from += 16;
    to += 16;
    over += 16;
  }
}

/** y = factor x. x, y: [n, size]; they may be the same. */
export function scale(begin: i32, end: i32, x: i32, y: i32, size: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    store_lanes_inline(to, f32x4.mul(v128.load(from), factors), left);
    from += 16;
    to += 16;
  }
}

/**
 * y[position, channel] = x[position, channel] s[channel] in each sample; also the gradient of x, with dy for x.
 *
 * @param x, y [n, positions, channels]; they may be the same
 * @param s [n, channels]
 */
export function multiply_channels(
  begin: i32, end: i32, x: i32, s: i32, y: i32, positions: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  let from = address(x + begin * positions * channels);
  let to = address(y + begin * positions * channels);
  for (let n = begin; n < end; n++) {
    const factors = address(s + n * channels);
    for (let position = 0; position < positions; position++) {
      let i: usize = 0;
      for (let left = channels; left > 0; left -= 4) {
        store_lanes_inline(to + i, f32x4.mul(v128.load(from + i), v128.load(factors + i)), left);
        i += 16;
      }
      from += row;
      to += row;
    }
  }
}

/** Positions that are summed in float32; their sums are added in float64. */
const BLOCK: i32 = 64;

/**
 * ds[channel] = sum over the positions of x[position, channel] dy[position, channel] in each sample.
 *
 * May read seven floats past x and dy.
 *
 * @param x, dy [n, positions, channels]
 * @param ds [n, channels]
 */
export function multiply_channels_backward(
  begin: i32, end: i32, x: i32, dy: i32, ds: i32, positions: i32, channels: i32,
): void {
  const row = <usize>channels << 2;
  for (let n = begin; n < end; n++) {
    for (let channel = 0; channel < channels; channel += 8) {
      const first = n * positions * channels + channel;
      let from = address(x + first), across = address(dy + first);
      let low0 = f64x2.splat(0), low1 = low0, high0 = low0, high1 = low0;
      for (let left = positions; left > 0; left -= BLOCK) {
        let even0 = zero(), even1 = zero(), odd0 = zero(), odd1 = zero();
        let rows = min(left, BLOCK);
        for (; rows >= 2; rows -= 2) {
          even0 = madd(v128.load(from), v128.load(across), even0);
          even1 = madd(v128.load(from, 16), v128.load(across, 16), even1);
          odd0 = madd(v128.load(from + row), v128.load(across + row), odd0);
          odd1 = madd(v128.load(from + row, 16), v128.load(across + row, 16), odd1);
          from += 2 * row;
          across += 2 * row;
        }
        if (rows > 0) {
          even0 = madd(v128.load(from), v128.load(across), even0);
          even1 = madd(v128.load(from, 16), v128.load(across, 16), even1);
        }
        even0 = f32x4.add(even0, odd0);
        even1 = f32x4.add(even1, odd1);
        low0 = add_low(low0, even0);
        low1 = add_low(low1, even1);
        high0 = add_high(high0, even0);
        high1 = add_high(high1, even1);
      }
      store_up_to_8(
        address(ds + n * channels + channel), demote(low0, high0), demote(low1, high1), min(channels - channel, 8),
      );
    }
  }
}

/** Columns from which on a call for each row costs less than its vectors. */
const LONG: i32 = 64;

/**
 * Copies `columns` floats of each of a sample's rows: tensors are put side by side along their last axis, and taken apart.
 *
 * @param x the first column [n, rows, xStride] to be read
 * @param y the first column [n, rows, yStride] to be written; other columns stay
 */
export function copy_columns(
  begin: i32, end: i32, x: i32, y: i32, rows: i32, xStride: i32, yStride: i32, columns: i32,
): void {
  const fromRow = <usize>xStride << 2, toRow = <usize>yStride << 2;
  let from = address(x) + <usize>(begin * rows) * fromRow;
  let to = address(y) + <usize>(begin * rows) * toRow;
  let count = (end - begin) * rows;
  if (xStride == columns && yStride == columns) {
    columns *= count;
    count = 1;
  }
  if (columns >= LONG) {
    for (; count > 0; count--) {
      memory.copy(to, from, <usize>columns << 2);
      from += fromRow;
      to += toRow;
    }
    return;
  }
  for (; count > 0; count--) {
    let i: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      store_lanes_inline(to + i, v128.load(from + i), left);
      i += 16;
    }
    from += fromRow;
    to += toRow;
  }
}
