// The random numbers of src/numeric/random.ts, four at a time.

export const FIRST_FACTOR: i32 = 0x7feb352d, SECOND_FACTOR: i32 = 0x846ca68b;

/** The 32-bit mixer of src/numeric/random.ts (C. Wellons' lowbias32) in each lane, with its factors in vectors. */
// @ts-ignore: decorator
@inline
export function mixed(value: v128, first: v128, second: v128): v128 {
  let x = i32x4.mul(v128.xor(value, i32x4.shr_u(value, 16)), first);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), second);
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** The same. */
// @ts-ignore: decorator
@inline
export function mix32(value: v128): v128 {
  return mixed(value, i32x4.splat(FIRST_FACTOR), i32x4.splat(SECOND_FACTOR));
}

/** The two 16-bit halves of a key, each kept as a float. */
// @ts-ignore: decorator
@inline
export function load_key(halves: usize): i32 {
  return <i32>load<f32>(halves) | (<i32>load<f32>(halves, 4) << 16);
}

/** The 32 random bits of each index: `RandomStream(key0, key1).bits`. */
// @ts-ignore: decorator
@inline
export function random_bits(index: v128, key0: v128, key1: v128): v128 {
  return mix32(v128.xor(mix32(i32x4.add(index, key0)), key1));
}
