// Random changes of activations besides dropout of elements. Axis: sample. Numbers are functions of a key and an index alone.

import { constant, cubic } from "./activation-math";
import { store_lanes_inline } from "./lanes";
import { FIRST_FACTOR, load_key, mixed, random_bits, SECOND_FACTOR } from "./random";
import { address, madd, store_up_to_8 } from "./simd";

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

/** The floats that share a block of numbers: eight, and the eight behind them. */
const BLOCK: i32 = 16;

// sqrt(1/2) as the integer of its bits, 2^-24, 1, -2 ln 2; L from its highest power on; 1/2, 1/4, the sign; S and C from their highest
// powers on, C without its last, 1. Minimax fits, made as those in gelu.ts.
const NORMAL: usize = memory.data<f32>([
  0.7071067690849304, 5.960464477539063e-08, 1.0, -1.3862943649291992, -0.17474967241287231, 0.28613588213920593,
  -0.29832911491394043, 0.33140918612480164, -0.3992448151111603, 0.5000354051589966, -0.6666789054870605, 0.9999998211860657, -2.0,
  0.5, 0.25, -0.0, 40.875911712646484, -76.72798156738281, 81.60863494873047, -41.341766357421875, 6.2831854820251465,
  56.32207107543945, -85.25199890136719, 64.9351577758789, -19.739181518554688,
]);

/** The top 24 bits of the random numbers of four indices, as `random_bits` makes them; `first` and `second` are the factors of its mixer. */
// @ts-ignore: decorator
@inline
function draws(index: v128, key0: v128, key1: v128, first: v128, second: v128): v128 {
  return i32x4.shr_u(mixed(v128.xor(mixed(i32x4.add(index, key0), first, second), key1), first, second), 8);
}

/** sqrt(-2 log u), u = 2^n (1 + f): -2 log u = -2 ln 2 n + f L(f); relative error of L 3e-8. */
// @ts-ignore: decorator
@inline
function radius_of(
  u: v128, half: v128, one: v128, ln: v128, l8: v128, l7: v128, l6: v128, l5: v128, l4: v128, l3: v128, l2: v128, l1: v128, l0: v128,
): v128 {
  const n = i32x4.shr_s(i32x4.sub(u, half), 23);
  const f = f32x4.sub(i32x4.sub(u, i32x4.shl(n, 23)), one);
  const square = f32x4.mul(f, f), fourth = f32x4.mul(square, square);
  const l = madd(fourth, madd(fourth, l8, cubic(f, square, l7, l6, l5, l4)), cubic(f, square, l3, l2, l1, l0));
  return f32x4.sqrt(madd(f, l, f32x4.mul(f32x4.convert_i32x4_s(n), ln)));
}

/** a4 z^4 + a3 z^3 + a2 z^2 + a1 z + a0. */
// @ts-ignore: decorator
@inline
function quartic(z: v128, a4: v128, a3: v128, a2: v128, a1: v128, a0: v128): v128 {
  return madd(f32x4.mul(z, z), madd(z, madd(z, a4, a3), a2), madd(z, a1, a0));
}

/**
 * y = x + deviation times a standard normal number (Box and Muller, 1958): with r = sqrt(-2 log u) floats 0 to 7 of a block of 16 take
 * r cos(2 pi v), those 8 behind them r sin(2 pi v); u = (a + 1) / 2^24 and v = b / 2^24, where a and b are the top 24 bits of the numbers
 * 2 k and 2 k + 1 of the key. Pair k counts in a sample from 0 on, eight a block, and on in the next one.
 *
 * With m = |v - 1/2| - 1/4, cos(2 pi v) = sin(2 pi m) = m S(m^2), and sin(2 pi v) = cos(2 pi m) = C(m^2), turned where v is 1/2 or more;
 * relative error of S 3e-8, error of C 6e-8.
 *
 * Overwrites y; x and y may be the same. Cost: one pass over memory.
 *
 * @param x, y [n, size]
 * @param key 4 floats: the low and high 16 bits of key0, then of key1
 */
export function gaussian_noise(begin: i32, end: i32, x: i32, y: i32, size: i32, deviation: f32, key: i32): void {
  const key0 = i32x4.splat(load_key(address(key))), key1 = i32x4.splat(load_key(address(key) + 8));
  const first = i32x4.splat(FIRST_FACTOR), second = i32x4.splat(SECOND_FACTOR), whole = i32x4.splat(1);
  const scale = f32x4.splat(deviation);
  const half = constant(NORMAL, 0), unit = constant(NORMAL, 1), one = constant(NORMAL, 2), ln = constant(NORMAL, 3);
  const l8 = constant(NORMAL, 4), l7 = constant(NORMAL, 5), l6 = constant(NORMAL, 6), l5 = constant(NORMAL, 7), l4 = constant(NORMAL, 8);
  const l3 = constant(NORMAL, 9), l2 = constant(NORMAL, 10), l1 = constant(NORMAL, 11), l0 = constant(NORMAL, 12);
  const middle = constant(NORMAL, 13), quarter = constant(NORMAL, 14), sign = constant(NORMAL, 15);
  const s4 = constant(NORMAL, 16), s3 = constant(NORMAL, 17), s2 = constant(NORMAL, 18), s1 = constant(NORMAL, 19), s0 = constant(NORMAL, 20);
  const c4 = constant(NORMAL, 21), c3 = constant(NORMAL, 22), c2 = constant(NORMAL, 23), c1 = constant(NORMAL, 24);
  const step = i32x4.splat(BLOCK);
  const start = i32x4.splat(begin * ((size + BLOCK - 1) / BLOCK) * BLOCK);
  let low = i32x4.add(start, i32x4(0, 2, 4, 6)), high = i32x4.add(start, i32x4(8, 10, 12, 14));
  for (let n = begin; n < end; n++) {
    let from = address(x + n * size), to = address(y + n * size);
    for (let left = size; left > 0; left -= BLOCK) {
      const a0 = i32x4.add(draws(low, key0, key1, first, second), whole), a1 = i32x4.add(draws(high, key0, key1, first, second), whole);
      const u0 = f32x4.mul(f32x4.convert_i32x4_s(a0), unit), u1 = f32x4.mul(f32x4.convert_i32x4_s(a1), unit);
      const r0 = f32x4.mul(radius_of(u0, half, one, ln, l8, l7, l6, l5, l4, l3, l2, l1, l0), scale);
      const r1 = f32x4.mul(radius_of(u1, half, one, ln, l8, l7, l6, l5, l4, l3, l2, l1, l0), scale);
      const b0 = draws(i32x4.add(low, whole), key0, key1, first, second), b1 = draws(i32x4.add(high, whole), key0, key1, first, second);
      const v0 = f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(b0), unit), middle);
      const v1 = f32x4.sub(f32x4.mul(f32x4.convert_i32x4_s(b1), unit), middle);
      const m0 = f32x4.sub(f32x4.abs(v0), quarter), m1 = f32x4.sub(f32x4.abs(v1), quarter);
      const z0 = f32x4.mul(m0, m0), z1 = f32x4.mul(m1, m1);
      const cosine0 = f32x4.mul(m0, quartic(z0, s4, s3, s2, s1, s0)), cosine1 = f32x4.mul(m1, quartic(z1, s4, s3, s2, s1, s0));
      const sine0 = v128.xor(quartic(z0, c4, c3, c2, c1, one), v128.andnot(sign, v0));
      const sine1 = v128.xor(quartic(z1, c4, c3, c2, c1, one), v128.andnot(sign, v1));
      const near0 = madd(r0, cosine0, v128.load(from)), near1 = madd(r1, cosine1, v128.load(from, 16));
      // No more than seven floats behind the last one are read.
      const behind: usize = left > 8 ? 32 : 0;
      const far0 = madd(r0, sine0, v128.load(from + behind)), far1 = madd(r1, sine1, v128.load(from + behind, 16));
      store_up_to_8(to, near0, near1, min(left, 8));
      if (left > 8) store_up_to_8(to + 32, far0, far1, min(left - 8, 8));
      low = i32x4.add(low, step); high = i32x4.add(high, step);
      from += 64;
      to += 64;
    }
  }
}
