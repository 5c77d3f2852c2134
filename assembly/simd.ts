// The few vector helpers every kernel shares, and the one place that asks which wasm features are on.
//
// WIDE is a constant of asconfig.json: 1 in the builds for V8's revectorizer, which makes one 256-bit operation of two
// neighbouring 128-bit ones. Their tiles are larger (tile.ts); everything else is the same.

/** Byte address of a float32 element offset. */
// @ts-ignore: decorator
@inline
export function address(offset: i32): usize {
  return (<usize>(<u32>offset)) << 2;
}

/** a * b + c in each lane: fused where the build has relaxed SIMD, else rounded twice. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Reads memory once in its order, a float of each line of the cache, so that the processor fetches it ahead: for numbers that are read in
 * another order afterwards.
 */
export function fetch(from: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += 64) load<i32>(from);
}

/** Zero in each lane. */
// @ts-ignore: decorator
@inline
export function zero(): v128 {
  return f32x4.splat(0);
}

/** Loads `count` (1 to 3) floats into the low lanes, `fill` into the rest; reads nothing past them. */
export function load_partial(from: usize, count: i32, fill: f32): v128 {
  let result = f32x4.replace_lane(f32x4.splat(fill), 0, load<f32>(from));
  if (count > 1) result = f32x4.replace_lane(result, 1, load<f32>(from, 4));
  if (count > 2) result = f32x4.replace_lane(result, 2, load<f32>(from, 8));
  return result;
}

/** Stores the `count` (1 to 3) low lanes. */
export function store_partial(to: usize, value: v128, count: i32): void {
  if (count & 2) {
    v128.store64_lane(to, value, 0);
    if (count & 1) v128.store32_lane(to, value, 2, 8);
  } else {
    v128.store32_lane(to, value, 0);
  }
}

/**
 * Stores the `count` (1 to 8) first of the eight floats in `low` and `high`.
 *
 * Inlined: V8's revectorizer ends the process where half of a pair is an argument of a call (V8 13.6).
 */
// @ts-ignore: decorator
@inline
export function store_up_to_8(to: usize, low: v128, high: v128, count: i32): void {
  if (count == 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  let rest = low;
  if (count >= 4) {
    v128.store(to, low);
    rest = high;
    to += 16;
  }
  if (count & 2) {
    v128.store64_lane(to, rest, 0);
    if (count & 1) v128.store32_lane(to, rest, 2, 8);
  } else if (count & 1) {
    v128.store32_lane(to, rest, 0);
  }
}
