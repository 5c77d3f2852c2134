// Losses with their gradients. Axis: sample; each sample is summed on its own, so the range does not matter.
// `weight` and the weights of the samples, [n], multiply the gradient only: a weight of 1 / n and ones give the gradient
// of the mean over the batch.

import { keep_lanes, row_maximum, store_lanes, sum_lanes } from "./lanes";
import { exp, log, log1p, sigmoid } from "./math";
import { address, zero } from "./simd";
import { LONG_SUM, PART_OF_ROW } from "./sums";

/**
 * Softmax cross-entropy against class indices, with label smoothing (Szegedy et al., 2016).
 *
 * p = softmax(logits), t = (1 - smoothing) onehot(label) + smoothing / classes;
 * loss = - sum of t log p, with log p = (x - max x) - log(sum of e^(x - max x)).
 * Overwrites losses, correct and dlogits. Cost: one exponential for each logit.
 *
 * @param logits [n, classes]
 * @param labels [n] class indices as floats
 * @param weights [n]
 * @param losses [n]
 * @param correct [n] 1 where the first largest logit is the label's, else 0
 * @param dlogits [n, classes] (p - t) * weight * weights
 */
export function softmax_cross_entropy(
  begin: i32, end: i32, logits: i32, labels: i32, weights: i32, losses: i32, correct: i32, dlogits: i32,
  classes: i32, smoothing: f32, weight: f32,
): void {
  const everyTarget = smoothing / <f32>classes;
  const labelTarget = <f32>1 - smoothing + everyTarget;
  const others = f32x4.splat(everyTarget);
  const part = classes > LONG_SUM ? PART_OF_ROW : classes;
  for (let n = begin; n < end; n++) {
    const x = address(logits + n * classes);
    const dx = address(dlogits + n * classes);
    const labelByte = <usize>(<i32>load<f32>(address(labels + n))) << 2;

    const largest = row_maximum(x, classes);
    const maximum = f32x4.extract_lane(largest, 0);
    let exponentials: f64 = 0;
    let distance: f64 = 0;
    // Many classes in parts: the error of a sum grows with its length.
    for (let i: usize = 0, left = classes; left > 0; ) {
      let sum = zero();
      let differences = zero();
      const rest = max(0, left - part);
      for (; left > rest; left -= 4) {
        const difference = f32x4.sub(v128.load(x + i), largest);
        const e = exp(difference);
        store_lanes(dx + i, e, left);
        sum = f32x4.add(sum, keep_lanes(e, left));
        differences = f32x4.add(differences, keep_lanes(difference, left));
        i += 16;
      }
      exponentials += <f64>sum_lanes(sum);
      distance += <f64>sum_lanes(differences);
    }
    const total = <f32>exponentials;

    const logTotal = f32x4.extract_lane(log(f32x4.splat(total)), 0);
    const labelLogit = load<f32>(x + labelByte);
    let loss = logTotal - (<f32>1 - smoothing) * (labelLogit - maximum);
    // Without smoothing a logit of -Infinity must not make 0 * Infinity.
    if (smoothing > 0) loss -= everyTarget * <f32>distance;
    store<f32>(address(losses + n), loss);

    let first = x;
    const last = x + (<usize>classes << 2);
    while (first < last && load<f32>(first) != maximum) first += 4;
    store<f32>(address(correct + n), first == x + labelByte ? 1 : 0);

    const factor = weight * load<f32>(address(weights + n));
    const scale = f32x4.splat(factor);
    const labelGradient = (load<f32>(dx + labelByte) / total - labelTarget) * factor;
    const sum = f32x4.splat(total);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      store_lanes(dx + i, f32x4.mul(f32x4.sub(f32x4.div(v128.load(dx + i), sum), others), scale), left);
      i += 16;
    }
    store<f32>(dx + labelByte, labelGradient);
  }
}

/** max(x, 0) - x t + log(1 + e^-|x|) in each lane. */
// @ts-ignore: decorator
@inline
export function binary_cross_entropy(x: v128, t: v128): v128 {
  const linear = f32x4.sub(f32x4.max(x, zero()), f32x4.mul(x, t));
  return f32x4.add(linear, log1p(exp(f32x4.neg(f32x4.abs(x)))));
}

/** The sum of a and the four lanes of v, in float64 so that the error does not grow with the count. */
// @ts-ignore: decorator
@inline
export function add_as_f64(a: v128, v: v128): v128 {
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 0, 1));
  return f64x2.add(a, f64x2.add(f64x2.promote_low_f32x4(v), high));
}

/** The mean of `size` numbers from their sum in two float64 lanes. */
// @ts-ignore: decorator
@inline
export function mean_of(sum: v128, size: i32): f32 {
  return <f32>((f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) / <f64>size);
}

/**
 * Binary cross-entropy of sigmoid(x), mean over the outputs: max(x, 0) - x t + log(1 + e^-|x|).
 *
 * Overwrites losses and dlogits. Cost: two exponentials and a logarithm for each logit.
 *
 * @param logits [n, size]
 * @param targets [n, size], 0 to 1
 * @param weights [n]
 * @param losses [n]
 * @param dlogits [n, size] (sigmoid(x) - t) * weight * weights / size
 */
export function sigmoid_binary_cross_entropy(
  begin: i32, end: i32, logits: i32, targets: i32, weights: i32, losses: i32, dlogits: i32, size: i32, weight: f32,
): void {
  for (let n = begin; n < end; n++) {
    const scale = f32x4.splat((weight * load<f32>(address(weights + n))) / <f32>size);
    let from = address(logits + n * size);
    let target = address(targets + n * size);
    let to = address(dlogits + n * size);
    let sum = f64x2.splat(0);
    let left = size;
    for (; left > 0; left -= 4) {
      const x = v128.load(from);
      const t = v128.load(target);
      sum = add_as_f64(sum, keep_lanes(binary_cross_entropy(x, t), left));
      store_lanes(to, f32x4.mul(f32x4.sub(sigmoid(x), t), scale), left);
      from += 16;
      target += 16;
      to += 16;
    }
    store<f32>(address(losses + n), mean_of(sum, size));
  }
}

/**
 * Mean over the outputs of (y - t)^2. Overwrites losses and dy. Cost: one pass.
 *
 * @param y [n, size]
 * @param targets [n, size]
 * @param weights [n]
 * @param losses [n]
 * @param dy [n, size] 2 (y - t) * weight * weights / size
 */
export function mean_squared_error(
  begin: i32, end: i32, y: i32, targets: i32, weights: i32, losses: i32, dy: i32, size: i32, weight: f32,
): void {
  for (let n = begin; n < end; n++) {
    const scale = f32x4.splat((<f32>2 * weight * load<f32>(address(weights + n))) / <f32>size);
    let from = address(y + n * size);
    let target = address(targets + n * size);
    let to = address(dy + n * size);
    let sum = f64x2.splat(0);
    let left = size;
    for (; left > 0; left -= 4) {
      const difference = keep_lanes(f32x4.sub(v128.load(from), v128.load(target)), left);
      sum = add_as_f64(sum, f32x4.mul(difference, difference));
      store_lanes(to, f32x4.mul(difference, scale), left);
      from += 16;
      target += 16;
      to += 16;
    }
    store<f32>(address(losses + n), mean_of(sum, size));
  }
}
