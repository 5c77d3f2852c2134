// Helpers that look across the lanes of a vector, or use only some of them.

import { store_partial } from "./simd";

/** All ones in the `count` low lanes. */
// @ts-ignore: decorator
@inline
function first_lanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** (lane 0 + lane 2) + (lane 1 + lane 3). */
// @ts-ignore: decorator
@inline
export function sum_lanes(v: v128): f32 {
  const pairs = f32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest lane; NaN if a lane is NaN. */
// @ts-ignore: decorator
@inline
export function max_lanes(v: v128): f32 {
  const pairs = f32x4.max(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** The larger of each lane, NaN if either is. */
// @ts-ignore: decorator
@inline
export function maximum(a: v128, b: v128): v128 {
  // Each pmax keeps a NaN in its first operand; NaN or-ed with anything is NaN. Shorter on x86 than f32x4.max.
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}

/** The `count` (0 to 4) low lanes of v, zero in the rest. */
// @ts-ignore: decorator
@inline
export function keep_lanes(v: v128, count: i32): v128 {
  return v128.and(v, first_lanes(count));
}

/** The low `count` (0 to 4) lanes of v, `fill` in the rest. */
// @ts-ignore: decorator
@inline
export function fill_lanes(v: v128, count: i32, fill: f32): v128 {
  return v128.bitselect(v, f32x4.splat(fill), first_lanes(count));
}

/** Stores the low `lanes` (at least 1; from 4 on all) floats. */
// @ts-ignore: decorator
@inline
export function store_lanes(to: usize, value: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(to, value);
  else store_partial(to, value, lanes);
}

/**
 * `store_lanes` without a call, for loops: around a call V8 saves all vectors that a loop holds, even where it is not
 * taken.
 */
// @ts-ignore: decorator
@inline
export function store_lanes_inline(to: usize, value: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(to, value);
  else if (lanes & 2) {
    v128.store64_lane(to, value, 0);
    if (lanes & 1) v128.store32_lane(to, value, 2, 8);
  } else v128.store32_lane(to, value, 0);
}

/** Adds the low `lanes` (1 to 4) lanes to the floats at an address; writes nothing past them. */
// @ts-ignore: decorator
@inline
export function add_lanes(to: usize, value: v128, lanes: i32): void {
  store_lanes_inline(to, f32x4.add(v128.load(to), value), lanes);
}

/** The largest of `count` floats in all lanes; NaN if one is NaN. */
export function row_maximum(from: usize, count: i32): v128 {
  let largest = f32x4.splat(-Infinity);
  for (; count > 0; count -= 4) {
    largest = f32x4.max(largest, fill_lanes(v128.load(from), count, -Infinity));
    from += 16;
  }
  return f32x4.splat(max_lanes(largest));
}
