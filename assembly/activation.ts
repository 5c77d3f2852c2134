// Activations. Axis: sample. A sample has `size` floats, so a range of samples is one run of floats; its last vector may read
// up to three floats past it, whose lanes are not stored. Every kernel overwrites its last tensor, which may be one of the
// others, and costs one pass over memory.

import { exp, sigmoid, tanh } from "./math";
import { keep_lanes, row_maximum, store_lanes, store_lanes_inline, sum_lanes } from "./lanes";
import { address, zero } from "./simd";
import { LONG_SUM, PART_OF_ROW } from "./sums";

/**
 * A ReLU: y = min(x, upper) where x is positive, else slope x. NaN stays NaN. x, y: [n, size].
 *
 * @param upper Infinity for no bound
 * @param slope 0 for a plain one
 */
export function relu_forward(begin: i32, end: i32, x: i32, y: i32, size: i32, upper: f32, slope: f32): void {
  // With a slope of 0, the smallest number stands for 0 x, which would be NaN for an infinite x.
  const least = f32x4.splat(slope == 0 ? 0 : -Infinity), factor = f32x4.splat(slope), most = f32x4.splat(upper);
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    const value = v128.load(from);
    // pmax(a, b) is a < b ? b : a, so that NaN in b does not count, and in a stays.
    const bound = f32x4.pmax(least, f32x4.mul(factor, value));
    store_lanes_inline(to, f32x4.pmin(f32x4.pmax(value, bound), most), left);
    from += 16;
    to += 16;
  }
}

/** dx = dy where 0 < y < upper, 0 from there on, slope dy elsewhere. y (the output), dy, dx: [n, size]. */
export function relu_backward(
  begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32, upper: f32, slope: f32,
): void {
  const output = address(y + begin * size), from = address(dy + begin * size), to = address(dx + begin * size);
  const left = (end - begin) * size;
  // The plain ReLU has code of its own: one form for all kinds took 1.4 times as long.
  if (upper == Infinity && slope == 0) relu_gradients(output, from, to, left, upper, slope, true);
  else relu_gradients(output, from, to, left, upper, slope, false);
}

/** `relu_backward` of `left` floats; `plain` is a constant. */
// @ts-ignore: decorator
@inline
function relu_gradients(output: usize, from: usize, to: usize, left: i32, upper: f32, slope: f32, plain: bool): void {
  // With a slope of 0 the leak is masked out, as dy may be infinite; without a bound nothing is at the ceiling.
  const leak = i32x4.splat(slope == 0 ? 0 : -1), ceiling = f32x4.splat(upper == Infinity ? NaN : upper);
  for (; left > 0; left -= 4) {
    const y = v128.load(output), dy = v128.load(from);
    const positive = f32x4.gt(y, zero());
    let gradient = v128.and(dy, positive);
    if (!plain) {
      const below = v128.and(f32x4.mul(dy, f32x4.splat(slope)), leak);
      gradient = v128.andnot(v128.bitselect(dy, below, positive), f32x4.ge(y, ceiling));
    }
    store_lanes_inline(to, gradient, left);
    output += 16;
    from += 16;
    to += 16;
  }
}

/** y = 1 / (1 + e^-x). x, y: [n, size]. */
export function sigmoid_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  let left = (end - begin) * size;
  for (; left > 0; left -= 4) {
    store_lanes(to, sigmoid(v128.load(from)), left);
    from += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function sigmoid_gradient(y: v128, dy: v128): v128 {
  return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(f32x4.splat(1), y));
}

/** dx = dy y (1 - y). y (the output), dy, dx: [n, size]. */
export function sigmoid_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32): void {
  let output = address(y + begin * size);
  let from = address(dy + begin * size);
  let to = address(dx + begin * size);
  let left = (end - begin) * size;
  for (; left > 0; left -= 4) {
    store_lanes(to, sigmoid_gradient(v128.load(output), v128.load(from)), left);
    output += 16;
    from += 16;
    to += 16;
  }
}

/** y = tanh x. x, y: [n, size]. */
export function tanh_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  let left = (end - begin) * size;
  for (; left > 0; left -= 4) {
    store_lanes(to, tanh(v128.load(from)), left);
    from += 16;
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function tanh_gradient(y: v128, dy: v128): v128 {
  // (1 - y) (1 + y) keeps the digits that 1 - y^2 loses near one.
  return f32x4.mul(dy, f32x4.mul(f32x4.sub(f32x4.splat(1), y), f32x4.add(f32x4.splat(1), y)));
}

/** dx = dy (1 - y^2). y (the output), dy, dx: [n, size]. */
export function tanh_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32): void {
  let output = address(y + begin * size);
  let from = address(dy + begin * size);
  let to = address(dx + begin * size);
  let left = (end - begin) * size;
  for (; left > 0; left -= 4) {
    store_lanes(to, tanh_gradient(v128.load(output), v128.load(from)), left);
    output += 16;
    from += 16;
    to += 16;
  }
}

/**
 * y = e^(x - max x) / sum of the same, along each row of `classes`. x, y: [n, positions, classes].
 *
 * A row is summed four classes at a time and then across the lanes, a long one in parts that are put together in float64;
 * each row on its own.
 */
export function softmax_forward(begin: i32, end: i32, x: i32, y: i32, positions: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2;
  const part = classes > LONG_SUM ? PART_OF_ROW : classes;
  let from = address(x + begin * positions * classes);
  let to = address(y + begin * positions * classes);
  for (let row = (end - begin) * positions; row > 0; row--) {
    const largest = row_maximum(from, classes);
    let total: f64 = 0;
    for (let i: usize = 0, left = classes; left > 0; ) {
      let block = zero();
      const rest = max(0, left - part);
      for (; left > rest; left -= 4) {
        const e = exp(f32x4.sub(v128.load(from + i), largest));
        block = f32x4.add(block, keep_lanes(e, left));
        store_lanes(to + i, e, left);
        i += 16;
      }
      total += <f64>sum_lanes(block);
    }
    const sum = f32x4.splat(<f32>total);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      store_lanes(to + i, f32x4.div(v128.load(to + i), sum), left);
      i += 16;
    }
    from += rowBytes;
    to += rowBytes;
  }
}

/** dx = y (dy - sum of y dy along the row). y (the output), dy, dx: [n, positions, classes]. */
export function softmax_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, positions: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2;
  const part = classes > LONG_SUM ? PART_OF_ROW : classes;
  let output = address(y + begin * positions * classes);
  let from = address(dy + begin * positions * classes);
  let to = address(dx + begin * positions * classes);
  for (let row = (end - begin) * positions; row > 0; row--) {
    let total: f64 = 0;
    for (let i: usize = 0, left = classes; left > 0; ) {
      let block = zero();
      const rest = max(0, left - part);
      for (; left > rest; left -= 4) {
        block = f32x4.add(block, keep_lanes(f32x4.mul(v128.load(output + i), v128.load(from + i)), left));
        i += 16;
      }
      total += <f64>sum_lanes(block);
    }
    const sum = f32x4.splat(<f32>total);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      store_lanes(to + i, f32x4.mul(v128.load(output + i), f32x4.sub(v128.load(from + i), sum)), left);
      i += 16;
    }
    output += rowBytes;
    from += rowBytes;
    to += rowBytes;
  }
}
