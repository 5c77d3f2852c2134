// The parametric ReLU (He et al., 2015): a factor of its own for negative inputs, which is trained. A sample is [rows, size], with
// one factor for each column. Lanes are columns.

import { store_lanes, store_lanes_inline } from "./lanes";
import { column_sum } from "./norm-tiles";
import { address, madd, zero } from "./simd";
import { add_high, add_low, demote } from "./sums";

/** Rows that are summed in float32; their sums are added in float64. */
const BLOCK: i32 = 64;

/**
 * y = x where x is positive, else alpha x. Axis: sample. Overwrites y; x and y may be the same. Cost: one pass over memory.
 *
 * @param x, y [n, rows, size]
 * @param alpha [size]
 */
export function prelu_forward(begin: i32, end: i32, x: i32, y: i32, alpha: i32, rows: i32, size: i32): void {
  const row = <usize>size << 2;
  let from = address(x + begin * rows * size), to = address(y + begin * rows * size);
  for (let left = (end - begin) * rows; left > 0; left--) {
    for (let i: usize = 0, columns = size; columns > 0; columns -= 4) {
      const value = v128.load(from + i);
      const leaky = f32x4.mul(value, v128.load(address(alpha) + i));
      store_lanes_inline(to + i, v128.bitselect(value, leaky, f32x4.gt(value, zero())), columns);
      i += 16;
    }
    from += row;
    to += row;
  }
}

/**
 * dx = dy where x is positive, else alpha dy; and the sums of dy x over the rows of each sample in which x is not positive.
 *
 * Axis: sample. Overwrites dx and sums; dy and dx may be the same. Cost: one pass over x and dy.
 *
 * @param x, dy, dx [n, rows, size]
 * @param alpha [size]
 * @param sums [n, size]
 */
export function prelu_backward(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, alpha: i32, sums: i32, rows: i32, size: i32,
): void {
  const stride = <usize>size << 2;
  for (let n = begin; n < end; n++) {
    for (let i = 0; i < size; i += 4) {
      const first = n * rows * size + i, lanes = min(4, size - i);
      const factor = v128.load(address(alpha + i));
      let from = address(x + first), across = address(dy + first), to = address(dx + first);
      let low = f64x2.splat(0), high = low;
      for (let left = rows; left > 0; left -= BLOCK) {
        let sum = zero();
        for (let count = min(left, BLOCK); count > 0; count--) {
          const value = v128.load(from), gradient = v128.load(across);
          sum = madd(f32x4.pmin(value, zero()), gradient, sum);
          const positive = f32x4.gt(value, zero());
          store_lanes_inline(to, v128.bitselect(gradient, f32x4.mul(gradient, factor), positive), lanes);
          from += stride;
          across += stride;
          to += stride;
        }
        low = add_low(low, sum);
        high = add_high(high, sum);
      }
      store_lanes(address(sums + n * size + i), demote(low, high), lanes);
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
