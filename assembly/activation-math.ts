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

// R from its highest power on.
const LOGARITHM: usize = memory.data<f32>([
  0.2817833423614502, 0.27960604429244995, 0.40024909377098083, 0.6666631698608398, 2,
]);

/** log(1 + u) in each lane, for u from 0 to 1: s R(s^2) with s = u / (2 + u), R of degree 4; `two` is 2. */
// @ts-ignore: decorator
@inline
export function logarithm_of_one_and(u: v128, two: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, two));
  const z = f32x4.mul(s, s);
  let r = madd(z, constant(LOGARITHM, 0), constant(LOGARITHM, 1));
  r = madd(z, r, constant(LOGARITHM, 2));
  r = madd(z, r, constant(LOGARITHM, 3));
  r = madd(z, r, constant(LOGARITHM, 4));
  return f32x4.mul(s, r);
}
