// Powers of e for activations, which spend nearly all of their time in them: inlined, for the range that activations need, and with
// constants that loops keep in registers. Loading them anew for each vector takes longer than computing with them.
//
// e^-x = 2^-n 2^g with n = round(x / ln 2) and g = n - x / ln 2 from -1/2 to 1/2; 2^g = 1 + g p(g), p of degree 4, which is a minimax
// fit as those in math.ts. n is taken off the exponent of 2^g. With a factor of -1 / ln 2 in place of 1 / ln 2 it is e^x.
// Error: 2.5 ulp near 0, |x| / 2 ulp farther out in the strict build, where x / ln 2 is rounded.

import { madd } from "./simd";

/**
 * Constants of powers: what keeps n within the exponents of floats, on both sides; 1 / ln 2 and its negative; what rounds and leaves the
 * number in the low bits; p from its highest power on; 1. Then others of activations: 2, 20, the sign, 3, 6, 1 / 6, 1 / 3, 1 / 2.
 */
export const POWER: usize = memory.data<f32>([
  -86, 86, 1.4426950408889634, -1.4426950408889634, 12582912, 0.0013300528516992927, 0.009669792838394642,
  0.05550558865070343, 0.24022281169891357, 0.6931471824645996, 1, 2, 20, -0.0, 3, 6, 0.1666666716337204,
  0.3333333432674408, 0.5,
]);

/** Number `index` of a table in all lanes. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, index: i32): v128 {
  return v128.load32_splat(table + (<usize>index << 2));
}

/** x, at least `least` and at most `most`. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function within(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

/** p(g). By Horner's rule, which takes a product less than chains side by side: vectors do not wait for each other. */
// @ts-ignore: decorator
@inline
export function fraction(g: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128): v128 {
  return madd(g, madd(g, madd(g, madd(g, c5, c4), c3), c2), c1);
}

/** 1 + g p(g) by chains side by side, for long computations, in which vectors wait for each other: half as long for a product more. */
// @ts-ignore: decorator
@inline
export function fraction_at_once(g: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128): v128 {
  const square = f32x4.mul(g, g);
  return madd(square, madd(square, madd(g, c5, c4), madd(g, c3, c2)), madd(g, c1, one));
}

/** 2^q, for q from -126 to 126: with the constants of `POWER` of these names. */
// @ts-ignore: decorator
@inline
export function power_of_two(q: v128, round: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, one: v128): v128 {
  const shifted = f32x4.add(q, round);
  const g = f32x4.sub(q, f32x4.sub(shifted, round));
  return i32x4.add(fraction_at_once(g, c5, c4, c3, c2, c1, one), i32x4.shl(shifted, 23));
}

/** a3 x^3 + a2 x^2 + a1 x + a0, `square` x^2: a part of a longer polynomial (Estrin's scheme, for the same reason). */
// @ts-ignore: decorator
@inline
export function cubic(x: v128, square: v128, a3: v128, a2: v128, a1: v128, a0: v128): v128 {
  return madd(square, madd(x, a3, a2), madd(x, a1, a0));
}
