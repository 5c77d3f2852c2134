// Activations of one formula for each element, in loops that all share. Axis: sample. A sample has `size` floats, so a range of
// samples is one run of floats; its last vector may read up to three floats past it, whose lanes are not stored. Every kernel
// overwrites its last tensor, which may be one of the others, and costs one pass over memory.

import { constant, fraction, POWER, within } from "./activation-math";
import { store_lanes_inline } from "./lanes";
import { address, madd, zero } from "./simd";

// Kinds of activations; those up to HARD_SWISH take no power of e.
const HARD_SIGMOID: i32 = 0;
const HARD_SWISH: i32 = 1;
const SILU: i32 = 2;
const ELU: i32 = 3;
const MISH: i32 = 4;

/** The hard sigmoid: x / 6 + 1 / 2, at least 0 and at most 1. NaN stays NaN. */
// @ts-ignore: decorator
@inline
function hard_sigmoid(x: v128, three: v128, six: v128, sixth: v128): v128 {
  return f32x4.mul(within(f32x4.add(x, three), zero(), six), sixth);
}

/**
 * The activation at x, or with `back` its derivative at x; for kinds whose gradient is computed from the output, x is that. `kind` and `back` are constants, a and b
 * the kind's numbers, the others those of `POWER`; for the hard ones `least` is 3, `most` 6, `factor` 1 / 6, `opposite` 1 / 3, `round` 1 / 2.
 */
// @ts-ignore: decorator
@inline
function value_of(
  kind: i32, back: bool, x: v128, a: v128, b: v128, least: v128, most: v128, factor: v128, opposite: v128, round: v128,
  c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128,
): v128 {
  if (kind == HARD_SIGMOID) {
    if (!back) return hard_sigmoid(x, least, most, factor);
    return v128.and(factor, v128.and(f32x4.gt(x, zero()), f32x4.lt(x, one)));
  }
  if (kind == HARD_SWISH) {
    if (!back) return f32x4.mul(x, hard_sigmoid(x, least, most, factor));
    const above = v128.and(one, f32x4.ge(x, least));
    return v128.bitselect(madd(x, opposite, round), above, f32x4.lt(f32x4.abs(x), least));
  }
  if (kind == ELU && back) return v128.bitselect(a, f32x4.add(x, b), f32x4.gt(x, zero()));

  // e^-x; e^x in ELU and mish, whose factor is negative.
  const near = within(x, least, most);
  const shifted = madd(near, factor, round);
  const g = madd(near, opposite, f32x4.sub(shifted, round));
  const p = fraction(g, c5, c4, c3, c2, c1);
  const exponent = i32x4.shl(shifted, 23);
  if (kind == ELU) {
    // Less one, without cancelling where x is small.
    const scale = i32x4.sub(one, exponent);
    const less = madd(f32x4.mul(g, p), scale, f32x4.sub(scale, one));
    // The power of 0, less one, is 0.
    return madd(f32x4.pmax(x, zero()), a, f32x4.mul(less, b));
  }
  const e = i32x4.sub(madd(g, p, one), exponent);
  if (kind == SILU) {
    if (!back) return f32x4.div(x, f32x4.add(e, one));
    // s + x s (1 - s) with 1 - s = e^-x s, which keeps the digits that a difference would lose.
    const s = f32x4.div(one, f32x4.add(e, one));
    return madd(f32x4.mul(near, s), f32x4.mul(e, s), s);
  }
  // tanh(log(1 + e^x)) = t / (t + 2) with t = e^x (e^x + 2).
  const t = f32x4.mul(e, f32x4.add(e, a));
  const rest = f32x4.add(t, a);
  if (!back) return f32x4.div(f32x4.mul(x, t), rest);
  // With d = 1 / (t + 2): d (t + 4 x e (e + 1) d).
  const d = f32x4.div(one, rest);
  const steep = f32x4.mul(f32x4.mul(f32x4.mul(near, f32x4.mul(a, a)), madd(e, e, e)), d);
  return f32x4.mul(d, f32x4.add(t, steep));
}

/**
 * y = the activation of x, or dy times its derivative at x, or at an output x. x, dy, y: [n, size].
 *
 * @param kind, back constants
 * @param dy 0 where it is not `back`
 */
// @ts-ignore: decorator
@inline
function walk(
  kind: i32, back: bool, begin: i32, end: i32, x: i32, dy: i32, y: i32, size: i32, a: v128, b: v128,
): void {
  const powers = kind > HARD_SWISH && (kind != ELU || !back);
  const hard = kind <= HARD_SWISH;
  const least = powers || hard ? constant(POWER, hard ? 14 : 0) : zero();
  const most = powers || hard ? constant(POWER, hard ? 15 : kind == ELU ? 13 : kind == MISH ? 12 : 1) : zero();
  const grows = kind == ELU || kind == MISH;
  const factor = powers || hard ? constant(POWER, hard ? 16 : grows ? 3 : 2) : zero();
  const opposite = powers || hard ? constant(POWER, hard ? 17 : grows ? 2 : 3) : zero();
  const round = powers || hard ? constant(POWER, hard ? 18 : 4) : zero();
  const c5 = powers ? constant(POWER, 5) : zero(), c4 = powers ? constant(POWER, 6) : zero();
  const c3 = powers ? constant(POWER, 7) : zero(), c2 = powers ? constant(POWER, 8) : zero();
  const c1 = powers ? constant(POWER, 9) : zero(), one = powers || hard ? constant(POWER, 10) : zero();
  const start = begin * size;
  let from = address(x + start), across = address(dy + start), to = address(y + start);
  let left = (end - begin) * size;
  if (WIDE) {
    for (; left >= 8; left -= 8) {
      const x0 = v128.load(from), x1 = v128.load(from, 16);
      let y0 = value_of(kind, back, x0, a, b, least, most, factor, opposite, round, c5, c4, c3, c2, c1, one);
      let y1 = value_of(kind, back, x1, a, b, least, most, factor, opposite, round, c5, c4, c3, c2, c1, one);
      if (back) {
        y0 = f32x4.mul(y0, v128.load(across));
        y1 = f32x4.mul(y1, v128.load(across, 16));
        across += 32;
      }
      v128.store(to, y0);
      v128.store(to, y1, 16);
      from += 32;
      to += 32;
    }
  }
  for (; left > 0; left -= 4) {
    const value = value_of(
      kind, back, v128.load(from), a, b, least, most, factor, opposite, round, c5, c4, c3, c2, c1, one,
    );
    store_lanes_inline(to, back ? f32x4.mul(value, v128.load(across)) : value, left);
    from += 16;
    if (back) across += 16;
    to += 16;
  }
}

/** y = min(max(x + 3, 0), 6) / 6. x, y: [n, size]. */
export function hard_sigmoid_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  walk(HARD_SIGMOID, false, begin, end, x, 0, y, size, zero(), zero());
}

/** dx = dy / 6 where 0 < y < 1, else 0. y (the output), dy, dx: [n, size]. */
export function hard_sigmoid_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32): void {
  walk(HARD_SIGMOID, true, begin, end, y, dy, dx, size, zero(), zero());
}

/** y = x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019). x, y: [n, size]. */
export function hard_swish_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  walk(HARD_SWISH, false, begin, end, x, 0, y, size, zero(), zero());
}

/** dx = dy (x / 3 + 1 / 2) where -3 < x < 3, dy from 3 on, else 0. x (the input), dy, dx: [n, size]. */
export function hard_swish_backward(begin: i32, end: i32, x: i32, dy: i32, dx: i32, size: i32): void {
  walk(HARD_SWISH, true, begin, end, x, dy, dx, size, zero(), zero());
}

/** y = x / (1 + e^-x). x, y: [n, size]. */
export function silu_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  walk(SILU, false, begin, end, x, 0, y, size, zero(), zero());
}

/** dx = dy (s + x s (1 - s)) with s = 1 / (1 + e^-x). x (the input), dy, dx: [n, size]. */
export function silu_backward(begin: i32, end: i32, x: i32, dy: i32, dx: i32, size: i32): void {
  walk(SILU, true, begin, end, x, dy, dx, size, zero(), zero());
}

/** y = slope x where x > 0, else depth (e^x - 1) (Clevert et al., 2016; Klambauer et al., 2017). x, y: [n, size]. */
export function elu_forward(begin: i32, end: i32, x: i32, y: i32, size: i32, slope: f32, depth: f32): void {
  walk(ELU, false, begin, end, x, 0, y, size, f32x4.splat(slope), f32x4.splat(depth));
}

/** dx = dy slope where y > 0, else dy (y + depth). y (the output), dy, dx: [n, size]. */
export function elu_backward(
  begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32, slope: f32, depth: f32,
): void {
  walk(ELU, true, begin, end, y, dy, dx, size, f32x4.splat(slope), f32x4.splat(depth));
}

/** y = x tanh(log(1 + e^x)) (Misra, 2020). x, y: [n, size]. */
export function mish_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  walk(MISH, false, begin, end, x, 0, y, size, constant(POWER, 11), zero());
}

/** dx = dy (t + x (1 - t^2) / (1 + e^-x)) with t = tanh(log(1 + e^x)). x (the input), dy, dx: [n, size]. */
export function mish_backward(begin: i32, end: i32, x: i32, dy: i32, dx: i32, size: i32): void {
  walk(MISH, true, begin, end, x, dy, dx, size, constant(POWER, 11), zero());
}
