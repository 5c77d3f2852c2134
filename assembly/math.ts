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

/** 2 to the power of each i32 lane, -126 to 127. */
// @ts-ignore: decorator
@inline
function power_of_two(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/**
 * e to the power x in each lane; Infinity above 88.73, subnormal and then 0 below -87.34, NaN stays NaN.
 *
 * Error: 1.0 ulp over the whole range, subnormal results too.
 * x = n ln 2 + r with |r| <= ln 2 / 2, and e^r = 1 + r + r^2 q(r) with q of degree 4.
 */
export function exp(x: v128): v128 {
  // The comparisons inside pmax and pmin fail for NaN and keep it.
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const shifted = madd(bounded, f32x4.splat(1.4426950408889634), f32x4.splat(ROUND));
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  let r = madd(n, f32x4.splat(-LN2_HIGH), bounded);
  r = madd(n, f32x4.splat(-LN2_LOW), r);
  let q = f32x4.splat(0.0013818780425935984);
  q = madd(q, r, f32x4.splat(0.008368507027626038));
  q = madd(q, r, f32x4.splat(0.04166828468441963));
  q = madd(q, r, f32x4.splat(0.1666652262210846));
  q = madd(q, r, f32x4.splat(0.4999999403953552));
  const power = f32x4.add(f32x4.splat(1), madd(f32x4.mul(r, r), q, r));
  // Two factors, because 2^n alone can overflow or underflow where the product does not.
  const whole = i32x4.sub(shifted, f32x4.splat(ROUND));
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(power, power_of_two(half)), power_of_two(i32x4.sub(whole, half)));
}

/**
 * Natural logarithm of x in each lane; -Infinity at 0, NaN below, Infinity at Infinity.
 *
 * Error: 0.85 ulp over all x > 0, subnormal x too.
 * x = 2^n (1 + f) with 1 + f in [sqrt(1/2), sqrt 2); with s = f / (2 + f), log(1 + f) = 2 s + s R(s^2), summed in the
 * order of FreeBSD's e_logf.c, which loses nothing where f is small.
 */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.1754943508222875e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  // 0x3f3504f3 is sqrt(1/2).
  const exponent = i32x4.shr_s(i32x4.sub(scaled, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, f32x4.splat(23)));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let remainder = f32x4.splat(0.2987145781517029);
  remainder = madd(remainder, z, f32x4.splat(0.3997756838798523));
  remainder = madd(remainder, z, f32x4.splat(0.6666677594184875));
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  let low = madd(n, f32x4.splat(LN2_LOW), f32x4.mul(s, madd(z, remainder, half)));
  low = f32x4.sub(f, f32x4.sub(half, low));
  const result = madd(n, f32x4.splat(LN2_HIGH), low);
  const ordinary = v128.and(f32x4.gt(x, zero()), f32x4.lt(x, f32x4.splat(Infinity)));
  let special = v128.bitselect(f32x4.splat(NaN), x, f32x4.lt(x, zero()));
  special = v128.bitselect(f32x4.splat(-Infinity), special, f32x4.eq(x, zero()));
  return v128.bitselect(result, special, ordinary);
}

/**
 * log(1 + x) in each lane, for x in [0, 1]. The quotient puts back what the rounding of 1 + x lost.
 *
 * Error: 1.25 ulp, so it stays relative to the result however small x is.
 */
export function log1p(x: v128): v128 {
  const sum = f32x4.add(x, f32x4.splat(1));
  const lost = f32x4.sub(x, f32x4.sub(sum, f32x4.splat(1)));
  return f32x4.add(log(sum), f32x4.div(lost, sum));
}

/**
 * 1 / (1 + e^-x) in each lane, through e^-|x| so that nothing overflows and small results keep their digits.
 *
 * Error: 2.4 ulp, at most 9e-8.
 */
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(e, f32x4.splat(1), f32x4.lt(x, zero()));
  return f32x4.div(numerator, f32x4.add(e, f32x4.splat(1)));
}

/**
 * Hyperbolic tangent in each lane: x + x^3 P(x^2) below 0.625, else 1 - 2 / (e^2|x| + 1) with the sign of x.
 *
 * Error: 1.35 ulp.
 */
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-0.005663615185767412);
  p = madd(p, z, f32x4.splat(0.02060323767364025));
  p = madd(p, z, f32x4.splat(-0.05372913181781769));
  p = madd(p, z, f32x4.splat(0.13331320881843567));
  p = madd(p, z, f32x4.splat(-0.33333277702331543));
  const near = madd(f32x4.mul(x, z), p, x);
  const e = exp(f32x4.add(magnitude, magnitude));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(near, signed, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** e^(-x^2 / 2) in each lane: the normal density without its factor 1 / sqrt(2 pi). */
export function bell(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/**
 * The normal distribution function, Phi(x) = (1 + erf(x / sqrt 2)) / 2, in each lane.
 *
 * Error: 2.3e-7 absolute; relative to the result 1.3e-6 down to x = -5 and 4e-6 down to -13, where x^2 / 2 is rounded.
 * Phi(-t) = e^(-t^2 / 2) u P(u) for t >= 0, with u = 1 / (1 + 0.34 t) and P of degree 8 (the form of Hastings,
 * Approximations for Digital Computers, 1955).
 *
 * @param e bell(x), which callers need too
 */
export function normal_distribution(x: v128, e: v128): v128 {
  const u = f32x4.div(f32x4.splat(1), madd(f32x4.abs(x), f32x4.splat(0.34), f32x4.splat(1)));
  let p = f32x4.splat(-0.02611851878464222);
  p = madd(p, u, f32x4.splat(0.1394919753074646));
  p = madd(p, u, f32x4.splat(-0.2731207311153412));
  p = madd(p, u, f32x4.splat(0.20217229425907135));
  p = madd(p, u, f32x4.splat(-0.04471317306160927));
  p = madd(p, u, f32x4.splat(0.11535754799842834));
  p = madd(p, u, f32x4.splat(0.11519794911146164));
  p = madd(p, u, f32x4.splat(0.13611216843128204));
  p = madd(p, u, f32x4.splat(0.13562050461769104));
  const tail = f32x4.mul(f32x4.mul(e, u), p);
  return v128.bitselect(f32x4.sub(f32x4.splat(1), tail), tail, f32x4.gt(x, zero()));
}
