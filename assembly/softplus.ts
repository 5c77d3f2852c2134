// Softplus: y = log(1 + e^x) = max(x, 0) + log(1 + u) with u = e^-|x|. log(1 + u) is u R(u), R of degree 8, a minimax fit on [0, 1] with a
// relative error of 3.3e-8, made as those in gelu.ts: eight products take less time than the division of a shorter one in u / (2 + u).
// Axis: sample. A sample has `size` floats, so a range of samples is one run of floats; its last vector may read up to three
// floats past it, whose lanes are not stored. Every kernel costs one pass over memory.

import { constant, cubic, fraction, fraction_at_once, POWER, within } from "./activation-math";
import { store_lanes_inline } from "./lanes";
import { address, madd, zero } from "./simd";

// R from its highest power on, without its last, 1.
const LOGARITHM: usize = memory.data<f32>([
  0.00536392442882061, -0.030062861740589142, 0.07920096814632416, -0.13753613829612732, 0.19153627753257751, -0.2485717535018921,
  0.33321326971054077, -0.49999648332595825,
]);

/** log(1 + e^x); `sign` is -0, the other constants are those of `POWER` and R. */
// @ts-ignore: decorator
@inline
function softplus(
  x: v128, sign: v128, least: v128, factor: v128, opposite: v128, round: v128,
  c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
  r8: v128, r7: v128, r6: v128, r5: v128, r4: v128, r3: v128, r2: v128, r1: v128,
): v128 {
  const near = f32x4.pmax(v128.or(x, sign), least);
  const shifted = madd(near, factor, round);
  const g = madd(near, opposite, f32x4.sub(shifted, round));
  const u = i32x4.sub(fraction_at_once(g, c5, c4, c3, c2, c1, one), i32x4.shl(shifted, 23));
  const square = f32x4.mul(u, u);
  const fourth = f32x4.mul(square, square);
  const r = madd(fourth, madd(fourth, r8, cubic(u, square, r7, r6, r5, r4)), cubic(u, square, r3, r2, r1, one));
  return madd(u, r, f32x4.pmax(x, zero()));
}

/** y = log(1 + e^x). x, y: [n, size]. */
export function softplus_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  // e^x below 0: the factors are those of a power that grows.
  const sign = constant(POWER, 13), least = constant(POWER, 0), factor = constant(POWER, 3), opposite = constant(POWER, 2);
  const round = constant(POWER, 4), one = constant(POWER, 10);
  const c5 = constant(POWER, 5), c4 = constant(POWER, 6), c3 = constant(POWER, 7), c2 = constant(POWER, 8), c1 = constant(POWER, 9);
  const r8 = constant(LOGARITHM, 0), r7 = constant(LOGARITHM, 1), r6 = constant(LOGARITHM, 2), r5 = constant(LOGARITHM, 3);
  const r4 = constant(LOGARITHM, 4), r3 = constant(LOGARITHM, 5), r2 = constant(LOGARITHM, 6), r1 = constant(LOGARITHM, 7);
  let from = address(x + begin * size), to = address(y + begin * size);
  let left = (end - begin) * size;
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const x0 = v128.load(from), x1 = v128.load(from, 16);
      v128.store(
        to, softplus(x0, sign, least, factor, opposite, round, c5, c4, c3, c2, c1, one, r8, r7, r6, r5, r4, r3, r2, r1),
      );
      v128.store(
        to, softplus(x1, sign, least, factor, opposite, round, c5, c4, c3, c2, c1, one, r8, r7, r6, r5, r4, r3, r2, r1), 16,
      );
      from += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const value = v128.load(from);
    store_lanes_inline(
      to, softplus(value, sign, least, factor, opposite, round, c5, c4, c3, c2, c1, one, r8, r7, r6, r5, r4, r3, r2, r1), left,
    );
    from += 16;
    to += 16;
  }
}

/** 1 - e^-y, which is the sigmoid of x, without cancelling where y is small. */
// @ts-ignore: decorator
@inline
function softplus_slope(
  y: v128, least: v128, most: v128, factor: v128, opposite: v128, round: v128,
  c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
): v128 {
  const near = within(y, least, most);
  const shifted = madd(near, factor, round);
  const g = madd(near, opposite, f32x4.sub(shifted, round));
  const scale = i32x4.sub(one, i32x4.shl(shifted, 23));
  return f32x4.sub(zero(), madd(f32x4.mul(g, fraction(g, c5, c4, c3, c2, c1)), scale, f32x4.sub(scale, one)));
}

/** dx = dy (1 - e^-y). y (the output), dy, dx: [n, size]. */
export function softplus_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32): void {
  const least = constant(POWER, 0), most = constant(POWER, 1), factor = constant(POWER, 2), opposite = constant(POWER, 3);
  const round = constant(POWER, 4), one = constant(POWER, 10);
  const c5 = constant(POWER, 5), c4 = constant(POWER, 6), c3 = constant(POWER, 7), c2 = constant(POWER, 8), c1 = constant(POWER, 9);
  let output = address(y + begin * size), from = address(dy + begin * size), to = address(dx + begin * size);
  let left = (end - begin) * size;
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const y0 = v128.load(output), y1 = v128.load(output, 16);
      const s0 = softplus_slope(y0, least, most, factor, opposite, round, c5, c4, c3, c2, c1, one);
      const s1 = softplus_slope(y1, least, most, factor, opposite, round, c5, c4, c3, c2, c1, one);
      const dy0 = v128.load(from), dy1 = v128.load(from, 16);
      v128.store(to, f32x4.mul(s0, dy0));
      v128.store(to, f32x4.mul(s1, dy1), 16);
      output += 32;
      from += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const s = softplus_slope(v128.load(output), least, most, factor, opposite, round, c5, c4, c3, c2, c1, one);
    store_lanes_inline(to, f32x4.mul(s, v128.load(from)), left);
    output += 16;
    from += 16;
    to += 16;
  }
}
