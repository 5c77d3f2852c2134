// Helpers that look across the lanes of a vector, or use only some of them.

import { load_partial, store_partial } from "./simd";

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
  return v128.and(v, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}

/** The low `lanes` (1 to 4) floats at an address, zero in the rest; reads nothing past them. */
// @ts-ignore: decorator
@inline
export function load_lanes(from: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(from) : load_partial(from, lanes, 0);
}

/** Stores the low `lanes` (1 to 4) floats. */
// @ts-ignore: decorator
@inline
export function store_lanes(to: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(to, value);
  else store_partial(to, value, lanes);
}
