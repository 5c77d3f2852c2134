// Dropout (Srivastava et al., 2014), scaled while training so that nothing is left to do afterwards.

import { store_lanes_inline } from "./lanes";
import { load_key, random_bits } from "./random";
import { address } from "./simd";

/** All ones in the lanes that are kept: those whose 24 random bits are at least the threshold. */
// @ts-ignore: decorator
@inline
function kept(index: v128, key0: v128, key1: v128, threshold: v128): v128 {
  return i32x4.ge_s(i32x4.shr_u(random_bits(index, key0, key1), 8), threshold);
}

/**
 * y = x / (1 - rate) where the element is kept, else 0; element i of the batch is kept when the number
 * `RandomStream(key0, key1).bits(i)`, cut to 24 bits and scaled to [0, 1), is at least `rate`.
 *
 * The mask is a function of the key and the index alone, so the backward pass is the same kernel on dy and dx.
 * Axis: sample. Overwrites y; x and y may be the same. Cost: four integer products for each element.
 *
 * @param x [n, size]
 * @param y [n, size]
 * @param rate share of elements to drop, 0 to below 1
 * @param key 4 floats: the low and high 16 bits of key0, then of key1
 */
export function dropout(begin: i32, end: i32, x: i32, y: i32, size: i32, rate: f32, key: i32): void {
  const key0 = i32x4.splat(load_key(address(key)));
  const key1 = i32x4.splat(load_key(address(key) + 8));
  // bits * 2^-24 >= rate for a whole number of bits is bits >= ceil(rate * 2^24).
  const threshold = i32x4.splat(<i32>ceil<f32>(rate * 16777216));
  const scale = f32x4.splat(1 / (1 - rate));
  let index = i32x4.add(i32x4.splat(begin * size), i32x4(0, 1, 2, 3));
  let from = address(x + begin * size);
  let to = address(y + begin * size);
  let left = (end - begin) * size;
  const four = i32x4.splat(4);
  for (; left > 0; left -= 4) {
    const scaled = f32x4.mul(v128.load(from), scale);
    store_lanes_inline(to, v128.and(scaled, kept(index, key0, key1, threshold)), left);
    index = i32x4.add(index, four);
    from += 16;
    to += 16;
  }
}
