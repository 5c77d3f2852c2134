// Sums of float32 vectors in float64, two lanes at a time: what blocks of a long sum come to is put together this way.

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
