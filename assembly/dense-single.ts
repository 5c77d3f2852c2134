// Dense layers of a single sample, whose speed is that of memory: each weight that is needed is read once, in place,
// and none that is multiplied by a zero. After a ReLU many of the inputs are zero.

import { store_lanes_inline } from "./lanes";
import { madd, store_up_to_8, zero } from "./simd";
import { LONG_SUM, SUM_PART } from "./sums";

/** Inputs whose zeros are found at once. */
const BLOCK: i32 = 64;

/** Inputs whose rows are added up before they are added to a long sum. */
const LONG_BLOCK: i32 = 32;

/** A bit for each of `count` (1 to 64) floats, the first one lowest: 1 where it is not zero. NaN is not zero. */
function nonzero(from: usize, count: i32): u64 {
  let bits: u64 = 0;
  for (let i = 0; i < count; i += 8) {
    const low = f32x4.ne(v128.load(from), zero()), high = f32x4.ne(v128.load(from, 16), zero());
    bits |= <u64>i16x8.bitmask(i16x8.narrow_i32x4_s(low, high)) << i;
    from += 32;
  }
  return bits & first_bits(count);
}

/** The lowest `count` (1 to 64) bits. */
// @ts-ignore: decorator
@inline
function first_bits(count: i32): u64 {
  return <u64>-1 >> (64 - count);
}

/** The place of the lowest bit, `otherwise` where there is none. */
// @ts-ignore: decorator
@inline
function lowest(bits: u64, otherwise: usize): usize {
  return bits ? <usize>ctz(bits) : otherwise;
}

/** The float at a place in all lanes, zero where no bit is left. */
// @ts-ignore: decorator
@inline
function value_at(from: usize, place: usize, bits: u64): v128 {
  return bits ? v128.load32_splat(from + (place << 2)) : zero();
}

/**
 * y = max(x w + bias, lower) for one sample: rows of w whose input is not zero are added up, four at a time and in
 * order. In long sums, blocks of `LONG_BLOCK` rows are added up first; with more rows at once, memory is slower.
 */
export function vector_matrix(x: usize, w: usize, bias: usize, y: usize, inputs: i32, units: i32, lower: f32): void {
  const rowBytes = <usize>units << 2;
  if (bias) memory.copy(y, bias, rowBytes);
  else memory.fill(y, 0, rowBytes);
  const long = inputs > LONG_SUM;
  const block = long ? LONG_BLOCK : BLOCK;
  for (; inputs > 0; inputs -= block) {
    const bits = nonzero(x, min(inputs, block));
    if (long) add_rows(x, bits, w, rowBytes, y, units);
    else add_in_order(x, bits, w, rowBytes, y, units);
    x += <usize>block << 2;
    w += rowBytes * <usize>block;
  }
  for (; units > 0; units--) {
    const value = load<f32>(y);
    store<f32>(y, value < lower ? lower : value);
    y += 4;
  }
}

/** y += the rows of w whose bit is set, times their inputs: row by row. */
// @ts-ignore: decorator
@inline
function add_in_order(x: usize, bits: u64, w: usize, rowBytes: usize, y: usize, units: i32): void {
  for (; bits; bits &= bits - 1) {
    // The rows past the last one are the first row again, times zero.
    const i0 = <usize>ctz(bits), x0 = v128.load32_splat(x + (i0 << 2));
    bits &= bits - 1;
    const i1 = lowest(bits, i0), x1 = value_at(x, i1, bits);
    bits &= bits - 1;
    const i2 = lowest(bits, i0), x2 = value_at(x, i2, bits);
    bits &= bits - 1;
    const i3 = lowest(bits, i0), x3 = value_at(x, i3, bits);
    const w0 = w + i0 * rowBytes, w1 = w + i1 * rowBytes, w2 = w + i2 * rowBytes, w3 = w + i3 * rowBytes;
    let unit: usize = 0;
    for (let left = units; left > 0; left -= 8) {
      let low = v128.load(y + unit), high = v128.load(y + unit, 16);
      low = madd(x0, v128.load(w0 + unit), low); high = madd(x0, v128.load(w0 + unit, 16), high);
      low = madd(x1, v128.load(w1 + unit), low); high = madd(x1, v128.load(w1 + unit, 16), high);
      low = madd(x2, v128.load(w2 + unit), low); high = madd(x2, v128.load(w2 + unit, 16), high);
      low = madd(x3, v128.load(w3 + unit), low); high = madd(x3, v128.load(w3 + unit, 16), high);
      store_up_to_8(y + unit, low, high, min(left, 8));
      unit += 32;
    }
  }
}

/** y += the rows of w whose bit is set, times their inputs: the sums of sixteen columns at a time stay in registers. */
function add_rows(x: usize, bits: u64, w: usize, rowBytes: usize, y: usize, units: i32): void {
  for (; units >= 16; units -= 16) {
    let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
    for (let rest = bits; rest; rest &= rest - 1) {
      const i = <usize>ctz(rest), row = w + i * rowBytes, value = v128.load32_splat(x + (i << 2));
      s0 = madd(value, v128.load(row), s0); s1 = madd(value, v128.load(row, 16), s1);
      s2 = madd(value, v128.load(row, 32), s2); s3 = madd(value, v128.load(row, 48), s3);
    }
    v128.store(y, f32x4.add(v128.load(y), s0)); v128.store(y, f32x4.add(v128.load(y, 16), s1), 16);
    v128.store(y, f32x4.add(v128.load(y, 32), s2), 32); v128.store(y, f32x4.add(v128.load(y, 48), s3), 48);
    w += 64;
    y += 64;
  }
  for (; units > 0; units -= 8) {
    let low = zero(), high = zero();
    for (let rest = bits; rest; rest &= rest - 1) {
      const i = <usize>ctz(rest), row = w + i * rowBytes, value = v128.load32_splat(x + (i << 2));
      low = madd(value, v128.load(row), low); high = madd(value, v128.load(row, 16), high);
    }
    store_up_to_8(y, f32x4.add(v128.load(y), low), f32x4.add(v128.load(y, 16), high), min(units, 8));
    w += 32;
    y += 32;
  }
}

/**
 * `vector_matrix` for up to 12 units, whose sums stay in registers: one sum of even and one of odd rows, added at the
 * end or, in long sums, after each block.
 */
export function vector_narrow_matrix(
  x: usize, w: usize, bias: usize, y: usize, inputs: i32, units: i32, lower: f32,
): void {
  const rowBytes = <usize>units << 2;
  // With up to eight units the third vector is the second one again, and not stored.
  const third: usize = units > 8 ? 32 : 16;
  const long = inputs > LONG_SUM;
  let sum0 = zero(), sum1 = zero(), sum2 = zero();
  let even0 = zero(), even1 = zero(), even2 = zero();
  let odd0 = zero(), odd1 = zero(), odd2 = zero();
  for (; inputs > 0; inputs -= BLOCK) {
    for (let bits = nonzero(x, min(inputs, BLOCK)); bits; bits &= bits - 1) {
      const i0 = <usize>ctz(bits);
      let row = w + i0 * rowBytes, value = v128.load32_splat(x + (i0 << 2));
      even0 = madd(value, v128.load(row), even0); even1 = madd(value, v128.load(row, 16), even1);
      even2 = madd(value, v128.load(row + third), even2);
      bits &= bits - 1;
      const i1 = lowest(bits, i0);
      row = w + i1 * rowBytes; value = value_at(x, i1, bits);
      odd0 = madd(value, v128.load(row), odd0); odd1 = madd(value, v128.load(row, 16), odd1);
      odd2 = madd(value, v128.load(row + third), odd2);
    }
    x += BLOCK << 2;
    w += rowBytes * BLOCK;
    if (!long && inputs > BLOCK) continue;
    sum0 = f32x4.add(sum0, f32x4.add(even0, odd0));
    sum1 = f32x4.add(sum1, f32x4.add(even1, odd1));
    sum2 = f32x4.add(sum2, f32x4.add(even2, odd2));
    even0 = even1 = even2 = odd0 = odd1 = odd2 = zero();
  }
  if (bias) {
    sum0 = f32x4.add(sum0, v128.load(bias)); sum1 = f32x4.add(sum1, v128.load(bias, 16));
    sum2 = f32x4.add(sum2, v128.load(bias + third));
  }
  const floor = f32x4.splat(lower);
  store_up_to_8(y, f32x4.pmax(sum0, floor), f32x4.pmax(sum1, floor), min(units, 8));
  if (units > 8) store_lanes_inline(y + 32, f32x4.pmax(sum2, floor), units - 8);
}

/**
 * dx = w dy for one sample and, with `update`, w -= rate (x^T dy) in the same pass over w: the rows whose input is not zero
 * with `sparse`, else all. The gradient itself is never written; the update rounds as `few_outer` and `sgd_update` do.
 */
export function matrix_vector(
  x: usize, dy: usize, w: usize, dx: usize, rows: i32, units: i32, sparse: i32, update: bool, rate: v128,
): void {
  const rowBytes = <usize>units << 2;
  const whole = rowBytes & ~15;
  const rest = units & 3;
  const end = dy + whole;
  const part = units > LONG_SUM ? <usize>SUM_PART << 2 : whole;
  const valid = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
  if (sparse && dx) memory.fill(dx, 0, <usize>rows << 2);
  for (; rows > 0; rows -= BLOCK) {
    const count = min(rows, BLOCK);
    for (let bits = sparse ? nonzero(x, count) : first_bits(count); bits; bits &= bits - 1) {
      // The rows past the last one are the first row again, with an input of zero; it is stored before the first.
      const i0 = <usize>ctz(bits), x0 = v128.load32_splat(x + (i0 << 2));
      bits &= bits - 1;
      const i1 = lowest(bits, i0), x1 = value_at(x, i1, bits);
      bits &= bits - 1;
      const i2 = lowest(bits, i0), x2 = value_at(x, i2, bits);
      bits &= bits - 1;
      const i3 = lowest(bits, i0), x3 = value_at(x, i3, bits);
      let r0 = w + i0 * rowBytes, r1 = w + i1 * rowBytes, r2 = w + i2 * rowBytes, r3 = w + i3 * rowBytes;
      let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
      // The last ones first: loads of whole vectors there reach into the next row, which must not be on its way to memory.
      if (rest > 0) {
        const d = v128.and(v128.load(dy + whole), valid);
        const w0 = v128.load(r0 + whole), w1 = v128.load(r1 + whole), w2 = v128.load(r2 + whole), w3 = v128.load(r3 + whole);
        s0 = f32x4.mul(d, v128.and(w0, valid)); s1 = f32x4.mul(d, v128.and(w1, valid));
        s2 = f32x4.mul(d, v128.and(w2, valid)); s3 = f32x4.mul(d, v128.and(w3, valid));
        if (update) {
          store_lanes_inline(r3 + whole, descend(w3, x3, d, rate), rest);
          store_lanes_inline(r2 + whole, descend(w2, x2, d, rate), rest);
          store_lanes_inline(r1 + whole, descend(w1, x1, d, rate), rest);
          store_lanes_inline(r0 + whole, descend(w0, x0, d, rate), rest);
        }
      }
      let sums = zero();
      let from = dy;
      do {
        const stop = min(end, from + part);
        for (; from < stop; from += 16) {
          const d = v128.load(from);
          const w0 = v128.load(r0), w1 = v128.load(r1), w2 = v128.load(r2), w3 = v128.load(r3);
          s0 = madd(d, w0, s0); s1 = madd(d, w1, s1); s2 = madd(d, w2, s2); s3 = madd(d, w3, s3);
          if (update) {
            v128.store(r3, descend(w3, x3, d, rate)); v128.store(r2, descend(w2, x2, d, rate));
            v128.store(r1, descend(w1, x1, d, rate)); v128.store(r0, descend(w0, x0, d, rate));
          }
          r0 += 16; r1 += 16; r2 += 16; r3 += 16;
        }
        sums = f32x4.add(sums, sums_of(s0, s1, s2, s3));
        s0 = s1 = s2 = s3 = zero();
      } while (from < end);
      if (dx) {
        v128.store32_lane(dx + (i3 << 2), sums, 3); v128.store32_lane(dx + (i2 << 2), sums, 2);
        v128.store32_lane(dx + (i1 << 2), sums, 1); v128.store32_lane(dx + (i0 << 2), sums, 0);
      }
    }
    x += BLOCK << 2;
    w += rowBytes * BLOCK;
    if (dx) dx += BLOCK << 2;
  }
}

/** w - rate (x dy). */
// @ts-ignore: decorator
@inline
function descend(w: v128, x: v128, dy: v128, rate: v128): v128 {
  return f32x4.sub(w, f32x4.mul(rate, f32x4.mul(x, dy)));
}

/** Lane i is the sum of the lanes of s_i. */
// @ts-ignore: decorator
@inline
function sums_of(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const low = f32x4.add(i32x4.shuffle(s0, s1, 0, 4, 1, 5), i32x4.shuffle(s0, s1, 2, 6, 3, 7));
  const high = f32x4.add(i32x4.shuffle(s2, s3, 0, 4, 1, 5), i32x4.shuffle(s2, s3, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(low, high, 0, 2), i64x2.shuffle(low, high, 1, 3));
}
