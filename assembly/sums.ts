// Parts of long sums: lengths from which sums go in parts, which keep their rounding error small, and sums of float32
// vectors in float64, two lanes at a time, by which parts are put together.

/**
 * Sums of more terms than this go in parts of about `SUM_PART`, or shorter ones where those cost less: the error of a sum
 * grows with its length. Shorter sums stay in registers.
 */
export const LONG_SUM: i32 = 4096;
export const SUM_PART: i32 = 1024;

/** The length of a part in rows whose parts are put together in float64. */
export const PART_OF_ROW: i32 = 256;

/** sum + the lanes 0 and 1 of v. */
// @ts-ignore: decorator
@inline
export function add_low(sum: v128, v: v128): v128 {
  return f64x2.add(sum, f64x2.promote_low_f32x4(v));
}

/** sum + the lanes 2 and 3 of v. */
// @ts-ignore: decorator
@inline
export function add_high(sum: v128, v: v128): v128 {
  return f64x2.add(sum, promote_high(v));
}

/** Lanes 2 and 3 as float64. */
// @ts-ignore: decorator
@inline
export function promote_high(v: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
}

/** Four float64 lanes as float32. */
// @ts-ignore: decorator
@inline
export function demote(low: v128, high: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
