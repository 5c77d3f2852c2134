// Losses of values with their gradients, beside the squared error in `loss.ts`. Axis: sample; `weight` and `weights` as there.

import { keep_lanes, store_lanes } from "./lanes";
import { add_as_f64, mean_of } from "./loss";
import { address, zero } from "./simd";

/**
 * Mean over the outputs of |y - t|. Overwrites losses and dy. Cost: one pass.
 *
 * @param y [n, size]
 * @param targets [n, size]
 * @param weights [n]
 * @param losses [n]
 * @param dy [n, size] sign(y - t) * weight * weights / size; 0 where y = t
 */
export function mean_absolute_error(
  begin: i32, end: i32, y: i32, targets: i32, weights: i32, losses: i32, dy: i32, size: i32, weight: f32,
): void {
  const sign = f32x4.splat(-0.0);
  for (let n = begin; n < end; n++) {
    const scale = f32x4.splat((weight * load<f32>(address(weights + n))) / <f32>size);
    let from = address(y + n * size);
    let target = address(targets + n * size);
    let to = address(dy + n * size);
    let sum = f64x2.splat(0);
    for (let left = size; left > 0; left -= 4) {
      const difference = keep_lanes(f32x4.sub(v128.load(from), v128.load(target)), left);
      sum = add_as_f64(sum, f32x4.abs(difference));
      const signed = v128.xor(scale, v128.and(difference, sign));
      store_lanes(to, v128.and(signed, f32x4.ne(difference, zero())), left);
      from += 16;
      target += 16;
      to += 16;
    }
    store<f32>(address(losses + n), mean_of(sum, size));
  }
}

/**
 * Mean over the outputs of Huber's loss (1964) of d = y - t: d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2).
 *
 * Overwrites losses and dy. Cost: one pass.
 *
 * @param y [n, size]
 * @param targets [n, size]
 * @param weights [n]
 * @param losses [n]
 * @param dy [n, size] d within -delta to delta, * weight * weights / size
 */
export function huber(
  begin: i32, end: i32, y: i32, targets: i32, weights: i32, losses: i32, dy: i32, size: i32, delta: f32, weight: f32,
): void {
  const bound = f32x4.splat(delta);
  const half = f32x4.splat(0.5);
  for (let n = begin; n < end; n++) {
    const scale = f32x4.splat((weight * load<f32>(address(weights + n))) / <f32>size);
    let from = address(y + n * size);
    let target = address(targets + n * size);
    let to = address(dy + n * size);
    let sum = f64x2.splat(0);
    for (let left = size; left > 0; left -= 4) {
      const difference = keep_lanes(f32x4.sub(v128.load(from), v128.load(target)), left);
      const magnitude = f32x4.abs(difference);
      // c (|d| - c / 2) with c = min(|d|, delta) is both pieces in one.
      const near = f32x4.min(magnitude, bound);
      sum = add_as_f64(sum, f32x4.mul(near, f32x4.sub(magnitude, f32x4.mul(half, near))));
      store_lanes(to, f32x4.mul(f32x4.max(f32x4.min(difference, bound), f32x4.neg(bound)), scale), left);
      from += 16;
      target += 16;
      to += 16;
    }
    store<f32>(address(losses + n), mean_of(sum, size));
  }
}
