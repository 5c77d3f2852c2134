// Means of windows of many taps, for pooling.

import { store_lanes } from "./lanes";
import { zero } from "./simd";

/** Taps of a window that are added one after the other in float32. */
export const BLOCK: i32 = 64;

/**
 * The mean of a window of more than BLOCK taps, for all channels: the taps inside the image over `count`. Blocks are added in
 * float32 and their sums in float64, so that the error does not grow with the window.
 */
export function long_mean(
  from: usize, to: usize, c: i32, rows: i32, columns: i32, lineBytes: usize, tapBytes: usize, count: f64,
): void {
  const counts = f64x2.splat(count);
  for (let channel = 0; channel < c; channel += 4) {
    const lanes = min(4, c - channel);
    let line = from;
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = rows; i > 0; i--) {
      let at = line;
      for (let left = columns; left > 0; left -= BLOCK) {
        let even = zero();
        let odd = zero();
        let block = min(left, BLOCK);
        for (; block > 1; block -= 2) {
          even = f32x4.add(even, v128.load(at));
          odd = f32x4.add(odd, v128.load(at + tapBytes));
          at += 2 * tapBytes;
        }
        if (block > 0) {
          even = f32x4.add(even, v128.load(at));
          at += tapBytes;
        }
        const sum = f32x4.add(even, odd);
        low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
        high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(sum, sum, 2, 3, 0, 1)));
      }
      line += lineBytes;
    }
    const first = f32x4.demote_f64x2_zero(f64x2.div(low, counts));
    const second = f32x4.demote_f64x2_zero(f64x2.div(high, counts));
    store_lanes(to, i32x4.shuffle(first, second, 0, 1, 4, 5), lanes);
    from += 16;
    to += 16;
  }
}
