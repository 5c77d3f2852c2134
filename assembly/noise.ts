// Random changes of activations besides dropout of elements. Axis: sample. Numbers are functions of a key and an index alone.

import { store_lanes_inline } from "./lanes";
import { log } from "./math";
import { load_key, random_bits } from "./random";
import { address, madd } from "./simd";

/** Floats of a tile of rows, whose channels draw their numbers once: half of the first-level cache. */
const TILE: i32 = 4096;

/** The low `lanes` (at least 1) floats of `rows` vectors `stride` bytes apart, times `scale` where they are kept, else 0. */
// @ts-ignore: decorator
@inline
function keep_rows(from: usize, to: usize, stride: usize, rows: i32, kept: v128, scale: v128, lanes: i32): void {
  for (; rows > 0; rows--) {
    store_lanes_inline(to, v128.and(f32x4.mul(v128.load(from), scale), kept), lanes);
    from += stride;
    to += stride;
  }
}

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
  const stride = <usize>channels << 2;
  const step = max(4, TILE / channels);
  for (let n = begin; n < end; n++) {
    const from = address(x + n * positions * channels), to = address(y + n * positions * channels);
    if (channels == 1) {
      // A single channel is one run, all of whose vectors are kept or not.
      const kept = i32x4.ge_s(i32x4.shr_u(random_bits(i32x4.splat(n), key0, key1), 8), threshold);
      const whole = positions >> 2, rest = <usize>whole << 4;
      keep_rows(from, to, 16, whole, kept, scale, 4);
      if (positions & 3) keep_rows(from + rest, to + rest, 16, 1, kept, scale, positions & 3);
      continue;
    }
    for (let first = 0; first < positions; first += step) {
      const rows = min(step, positions - first), skip = <usize>first * stride;
      // Copied first: the walk along channels would read memory in an order that takes 1.6 times as long.
      memory.copy(to + skip, from + skip, <usize>rows * stride);
      let index = i32x4.add(i32x4.splat(n * channels), i32x4(0, 1, 2, 3));
      let at = skip;
      for (let left = channels; left > 0; left -= 4) {
        const kept = i32x4.ge_s(i32x4.shr_u(random_bits(index, key0, key1), 8), threshold);
        keep_rows(to + at, to + at, stride, rows, kept, scale, left);
        index = i32x4.add(index, i32x4.splat(4));
        at += 16;
      }
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
