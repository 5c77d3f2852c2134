// Elementary functions of four floats at once. Kernels use only these, so strict builds give the same bits everywhere.
// Polynomials are minimax fits (Remez exchange) to the functions named beside them, rounded to float32. Error bounds
// are the largest seen against float64, at every 11th float32 of the range (strict build) and every 101st (relaxed),
// rounded up; "ulp" is a unit in the last place.

import { madd, zero } from "./simd";

// ln 2 in two parts; the high part has 15 bits, so its product with any exponent is exact.
const LN2_HIGH: f32 = 0.693145751953125;
const LN2_LOW: f32 = 1.428606765330187e-6;

// Adding it rounds |x| < 2^22 to a whole number and leaves that number in the low bits.
const ROUND: f32 = 12582912;

/**
 * Number `index` of a table in all lanes.
 *
 * V8 builds a vector constant anew at each use, in several instructions; from memory it is one (1.8 times faster).
 */
// @ts-ignore: decorator
@inline
function constant(table: usize, index: i32): v128 {
  return v128.load32_splat(table + (<usize>index << 2));
}

/** 2 to the power of each i32 lane, -126 to 127. */
// @ts-ignore: decorator
@inline
function power_of_two(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

// Bounds of x, 1 / ln 2, what rounds, -ln 2 in two parts, q from its highest power on, 1.
const EXP: usize = memory.data<f32>([
  -104, 89, 1.4426950408889634, ROUND, -LN2_HIGH, -LN2_LOW, 0.0013818780425935984, 0.008368507027626038,
  0.04166828468441963, 0.1666652262210846, 0.4999999403953552, 1,
]);

/**
 * e to the power x in each lane; Infinity above 88.73, subnormal and then 0 below -87.34, NaN stays NaN.
 *
 * Error: 1.0 ulp over the whole range, subnormal results too.
 * x = n ln 2 + r with |r| <= ln 2 / 2, and e^r = 1 + r + r^2 q(r) with q of degree 4.
 */
export function exp(x: v128): v128 {
  // The comparisons inside pmax and pmin fail for NaN and keep it.
  const bounded = f32x4.pmin(f32x4.pmax(x, constant(EXP, 0)), constant(EXP, 1));
  const shifted = madd(bounded, constant(EXP, 2), constant(EXP, 3));
  const n = f32x4.sub(shifted, constant(EXP, 3));
  let r = madd(n, constant(EXP, 4), bounded);
  r = madd(n, constant(EXP, 5), r);
  let q = constant(EXP, 6);
  q = madd(q, r, constant(EXP, 7));
  q = madd(q, r, constant(EXP, 8));
  q = madd(q, r, constant(EXP, 9));
  q = madd(q, r, constant(EXP, 10));
  const power = f32x4.add(constant(EXP, 11), madd(f32x4.mul(r, r), q, r));
  // Two factors, because 2^n alone can overflow or underflow where the product does not.
  const whole = i32x4.sub(shifted, constant(EXP, 3));
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(power, power_of_two(half)), power_of_two(i32x4.sub(whole, half)));
}

// The smallest normal number, 2^23, 1, 23, 2, R from its highest power on, 1 / 2, ln 2 in two parts, special values.
const LOG: usize = memory.data<f32>([
  1.1754943508222875e-38, 8388608, 1, 23, 2, 0.2987145781517029, 0.3997756838798523, 0.6666677594184875, 0.5,
  LN2_LOW, LN2_HIGH, Infinity, NaN, -Infinity,
]);

/**
 * Natural logarithm of x in each lane; -Infinity at 0, NaN below, Infinity at Infinity.
 *
 * Error: 0.85 ulp over all x > 0, subnormal x too.
 * x = 2^n (1 + f) with 1 + f in [sqrt(1/2), sqrt 2); with s = f / (2 + f), log(1 + f) = 2 s + s R(s^2), summed in the
 * order of FreeBSD's e_logf.c, which loses nothing where f is small.
 */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, constant(LOG, 0));
  const scaled = v128.bitselect(f32x4.mul(x, constant(LOG, 1)), x, subnormal);
  // 0x3f3504f3 is sqrt(1/2).
  const exponent = i32x4.shr_s(i32x4.sub(scaled, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(exponent, 23)), constant(LOG, 2));
  const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, constant(LOG, 3)));
  const s = f32x4.div(f, f32x4.add(f, constant(LOG, 4)));
  const z = f32x4.mul(s, s);
  let remainder = constant(LOG, 5);
  remainder = madd(remainder, z, constant(LOG, 6));
  remainder = madd(remainder, z, constant(LOG, 7));
  const half = f32x4.mul(f32x4.mul(f, f), constant(LOG, 8));
  let low = madd(n, constant(LOG, 9), f32x4.mul(s, madd(z, remainder, half)));
  low = f32x4.sub(f, f32x4.sub(half, low));
  const result = madd(n, constant(LOG, 10), low);
  const ordinary = v128.and(f32x4.gt(x, zero()), f32x4.lt(x, constant(LOG, 11)));
  let special = v128.bitselect(constant(LOG, 12), x, f32x4.lt(x, zero()));
  special = v128.bitselect(constant(LOG, 13), special, f32x4.eq(x, zero()));
  return v128.bitselect(result, special, ordinary);
}

const LOG1P: usize = memory.data<f32>([
  1,
]);

/**
 * log(1 + x) in each lane, for x in [0, 1]. The quotient puts back what the rounding of 1 + x lost.
 *
 * Error: 1.25 ulp, so it stays relative to the result however small x is.
 */
export function log1p(x: v128): v128 {
  const sum = f32x4.add(x, constant(LOG1P, 0));
  const lost = f32x4.sub(x, f32x4.sub(sum, constant(LOG1P, 0)));
  return f32x4.add(log(sum), f32x4.div(lost, sum));
}

const SIGMOID: usize = memory.data<f32>([
  1,
]);

/**
 * 1 / (1 + e^-x) in each lane, through e^-|x| so that nothing overflows and small results keep their digits.
 *
 * Error: 2.4 ulp, at most 9e-8.
 */
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(e, constant(SIGMOID, 0), f32x4.lt(x, zero()));
  return f32x4.div(numerator, f32x4.add(e, constant(SIGMOID, 0)));
}

// P from its highest power on, 1, 2, the sign, where P ends.
const TANH: usize = memory.data<f32>([
  -0.005663615185767412, 0.02060323767364025, -0.05372913181781769, 0.13331320881843567, -0.33333277702331543, 1, 2,
  -0.0, 0.625,
]);

/**
 * Hyperbolic tangent in each lane: x + x^3 P(x^2) below 0.625, else 1 - 2 / (e^2|x| + 1) with the sign of x.
 *
 * Error: 1.35 ulp.
 */
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = constant(TANH, 0);
  p = madd(p, z, constant(TANH, 1));
  p = madd(p, z, constant(TANH, 2));
  p = madd(p, z, constant(TANH, 3));
  p = madd(p, z, constant(TANH, 4));
  const near = madd(f32x4.mul(x, z), p, x);
  const e = exp(f32x4.add(magnitude, magnitude));
  const far = f32x4.sub(constant(TANH, 5), f32x4.div(constant(TANH, 6), f32x4.add(e, constant(TANH, 5))));
  const signed = v128.or(far, v128.and(x, constant(TANH, 7)));
  return v128.bitselect(near, signed, f32x4.lt(magnitude, constant(TANH, 8)));
}
