// Activations of one formula for each element, in loops that all share. Axis: sample. A sample has `size` floats, so a range of
// samples is one run of floats; its last vector may read up to three floats past it, whose lanes are not stored. Every kernel
// overwrites its last tensor, which may be one of the others, and costs one pass over memory.

import { store_lanes_inline } from "./lanes";
import { address, madd, zero } from "./simd";

const HARD_SIGMOID: i32 = 0;
const HARD_SWISH: i32 = 1;

/** The hard sigmoid: x / 6 + 1 / 2, at least 0 and at most 1. NaN stays NaN. */
// @ts-ignore: decorator
@inline
function hard_sigmoid(x: v128): v128 {
  const moved = f32x4.add(x, f32x4.splat(3));
  const bounded = f32x4.pmin(f32x4.pmax(moved, zero()), f32x4.splat(6));
  return f32x4.mul(bounded, f32x4.splat(0.1666666716337204));
}

/** The activation of x; `kind` is a constant. */
// @ts-ignore: decorator
@inline
function output_of(kind: i32, x: v128): v128 {
  if (kind == HARD_SIGMOID) return hard_sigmoid(x);
  return f32x4.mul(x, hard_sigmoid(x));
}

/** The gradient of the input for dy and for z, which is the activation's output y or its input x; `kind` is a constant. */
// @ts-ignore: decorator
@inline
function gradient_of(kind: i32, z: v128, dy: v128): v128 {
  if (kind == HARD_SIGMOID) {
    const between = v128.and(f32x4.gt(z, zero()), f32x4.lt(z, f32x4.splat(1)));
    return v128.and(f32x4.mul(dy, f32x4.splat(0.1666666716337204)), between);
  }
  const inner = f32x4.mul(dy, madd(z, f32x4.splat(0.3333333432674408), f32x4.splat(0.5)));
  const above = v128.and(dy, f32x4.ge(z, f32x4.splat(3)));
  return v128.bitselect(inner, above, f32x4.lt(f32x4.abs(z), f32x4.splat(3)));
}

/** y = the activation of x. x, y: [n, size]. */
// @ts-ignore: decorator
@inline
function forward(kind: i32, begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  let from = address(x + begin * size), to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    store_lanes_inline(to, output_of(kind, v128.load(from)), left);
    from += 16;
    to += 16;
  }
}

/** dx = dy times the activation's derivative. z (the output or the input), dy, dx: [n, size]. */
// @ts-ignore: decorator
@inline
function backward(kind: i32, begin: i32, end: i32, z: i32, dy: i32, dx: i32, size: i32): void {
  const start = begin * size;
  let at = address(z + start), from = address(dy + start), to = address(dx + start);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    store_lanes_inline(to, gradient_of(kind, v128.load(at), v128.load(from)), left);
    at += 16;
    from += 16;
    to += 16;
  }
}

/** y = min(max(x + 3, 0), 6) / 6. x, y: [n, size]. */
export function hard_sigmoid_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  forward(HARD_SIGMOID, begin, end, x, y, size);
}

/** dx = dy / 6 where 0 < y < 1, else 0. y (the output), dy, dx: [n, size]. */
export function hard_sigmoid_backward(begin: i32, end: i32, y: i32, dy: i32, dx: i32, size: i32): void {
  backward(HARD_SIGMOID, begin, end, y, dy, dx, size);
}

/** y = x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019). x, y: [n, size]. */
export function hard_swish_forward(begin: i32, end: i32, x: i32, y: i32, size: i32): void {
  forward(HARD_SWISH, begin, end, x, y, size);
}

/** dx = dy (x / 3 + 1 / 2) where -3 < x < 3, dy from 3 on, else 0. x (the input), dy, dx: [n, size]. */
export function hard_swish_backward(begin: i32, end: i32, x: i32, dy: i32, dx: i32, size: i32): void {
  backward(HARD_SWISH, begin, end, x, dy, dx, size);
}
