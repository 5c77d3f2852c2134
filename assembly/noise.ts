// Random changes of activations besides dropout of elements. Axis: sample. Numbers are functions of a key and an index alone.

import { store_lanes_inline } from "./lanes";
import { log } from "./math";
import { load_key, random_bits } from "./random";
import { address, madd } from "./simd";

/**
 * y = x / (1 - rate) for the channels of a sample that are kept, else 0: a channel c of sample n draws number `n channels + c` of the
 * key, as an element does in `dropout`. The backward pass is the same kernel on dy and dx. With one channel it drops whole samples.
 *
 * Overwrites y; x and y may be the same. Cost: one pass over memory.
 *
 * @param x, y [n, positions, channels]
 * @param rate share of channels to drop, 0 to below 1
 * @param key 4 floats: the low and high 16 bits of key0, then of key1
 */
export function drop_channels(
  begin: i32, end: i32, x: i32, y: i32, positions: i32, channels: i32, rate: f32, key: i32,
): void {
  const key0 = i32x4.splat(load_key(address(key))), key1 = i32x4.splat(load_key(address(key) + 8));
  const threshold = i32x4.splat(<i32>ceil<f32>(rate * 16777216)), scale = f32x4.splat(1 / (1 - rate));
  const single = channels == 1;
  // A single channel is one row, all of whose vectors have the same factor.
  const rows = single ? 1 : positions, columns = single ? positions : channels;
  const lanes = single ? i32x4.splat(0) : i32x4(0, 1, 2, 3);
  const row = <usize>columns << 2;
  for (let n = begin; n < end; n++) {
    let from = address(x + n * positions * channels), to = address(y + n * positions * channels);
    for (let i = 0; i < rows; i++) {
      let index = i32x4.add(i32x4.splat(n * channels), lanes);
      for (let at: usize = 0, left = columns; left > 0; left -= 4) {
        const kept = i32x4.ge_s(i32x4.shr_u(random_bits(index, key0, key1), 8), threshold);
        store_lanes_inline(to + at, v128.and(f32x4.mul(v128.load(from + at), scale), kept), left);
        if (!single) index = i32x4.add(index, i32x4.splat(4));
        at += 16;
      }
      from += row;
      to += row;
    }
  }
}

/** sin(2 pi z) for z from -1/4 to 1/4: z P(z^2), a minimax fit; error 2 ulp. */
// @ts-ignore: decorator
@inline
function sine_of_turns(z: v128): v128 {
  const square = f32x4.mul(z, z);
  let p = f32x4.splat(39.71091842651367);
  p = madd(p, square, f32x4.splat(-76.57498931884766));
  p = madd(p, square, f32x4.splat(81.60223388671875));
  p = madd(p, square, f32x4.splat(-41.341678619384766));
  p = madd(p, square, f32x4.splat(6.2831854820251465));
  return f32x4.mul(z, p);
}

/**
 * y = x + deviation times a standard normal number (Box and Muller, 1958): sqrt(-2 log u) cos(2 pi v) with u = (a + 1) / 2^24 and
 * v = b / 2^24, where a and b are the top 24 bits of the numbers 2 i and 2 i + 1 of the key for element i of the batch.
 *
 * Overwrites y; x and y may be the same. Cost: eight integer products, a logarithm and a square root for each element.
 *
 * @param x, y [n, size]
 * @param key 4 floats: the low and high 16 bits of key0, then of key1
 */
export function gaussian_noise(begin: i32, end: i32, x: i32, y: i32, size: i32, deviation: f32, key: i32): void {
  const key0 = i32x4.splat(load_key(address(key))), key1 = i32x4.splat(load_key(address(key) + 8));
  const unit = f32x4.splat(5.960464477539063e-8), scale = f32x4.splat(deviation), one = i32x4.splat(1);
  let index = i32x4.add(i32x4.splat(2 * begin * size), i32x4(0, 2, 4, 6));
  let from = address(x + begin * size), to = address(y + begin * size);
  for (let left = (end - begin) * size; left > 0; left -= 4) {
    const a = i32x4.add(i32x4.shr_u(random_bits(index, key0, key1), 8), one);
    const b = i32x4.shr_u(random_bits(i32x4.add(index, one), key0, key1), 8);
    const logarithm = log(f32x4.mul(f32x4.convert_i32x4_s(a), unit));
    const radius = f32x4.sqrt(f32x4.mul(logarithm, f32x4.splat(-2)));
    // cos(2 pi v) = sin(2 pi (|v - 1/2| - 1/4)).
    const turns = f32x4.mul(f32x4.convert_i32x4_s(b), unit);
    const z = f32x4.sub(f32x4.abs(f32x4.sub(turns, f32x4.splat(0.5))), f32x4.splat(0.25));
    const normal = f32x4.mul(radius, sine_of_turns(z));
    store_lanes_inline(to, madd(normal, scale, v128.load(from)), left);
    index = i32x4.add(index, i32x4.splat(8));
    from += 16;
    to += 16;
  }
}
