// Focal losses (Lin et al., 2017), which count samples less that are right already. Axis: sample; `weight` and `weights` as
// in `loss.ts`.

import { keep_lanes, row_maximum, store_lanes, sum_lanes } from "./lanes";
import { add_as_f64, binary_cross_entropy, mean_of } from "./loss";
import { exp, log, log1p, sigmoid } from "./math";
import { address, zero } from "./simd";

/** The least probability that has a power: the smallest normal number. */
const LEAST: f32 = 1.1754943508222875e-38;

/** q^exponent in each lane, for probabilities q; of 0 as of the least one. */
// @ts-ignore: decorator
@inline
function power(q: v128, exponent: v128): v128 {
  return exp(f32x4.mul(log(f32x4.max(q, f32x4.splat(LEAST))), exponent));
}

/** p log p in each lane, 0 where p is 0. */
// @ts-ignore: decorator
@inline
function times_log(p: v128, logP: v128): v128 {
  return v128.and(f32x4.mul(p, logP), f32x4.gt(p, zero()));
}

/**
 * Softmax focal cross-entropy against class indices, with label smoothing, as Keras' CategoricalFocalCrossentropy.
 *
 * p = softmax(logits), q = 1 - p, t = alpha ((1 - smoothing) onehot(label) + smoothing / classes);
 * loss = - sum of t q^gamma log p. q is summed from the other classes, so that it keeps its digits near 0.
 * Overwrites losses, correct and dlogits. Cost: one exponential for each logit, with smoothing three and a logarithm.
 *
 * @param logits [n, classes]
 * @param labels [n] class indices as floats
 * @param weights [n]
 * @param losses [n]
 * @param correct [n] 1 where the first largest logit is the label's, else 0
 * @param dlogits [n, classes] (g - p * sum of g) * weight * weights, with g = t q^(gamma - 1) (gamma p log p - q)
 * @param alpha factor of every class
 * @param alphas [classes] factors in its place; 0 for none
 */
export function softmax_focal_cross_entropy(
  begin: i32, end: i32, logits: i32, labels: i32, weights: i32, losses: i32, correct: i32, dlogits: i32,
  classes: i32, smoothing: f32, gamma: f32, alpha: f32, alphas: i32, weight: f32,
): void {
  const gammas = f32x4.splat(gamma);
  const exponent = f32x4.splat(gamma - 1);
  const factors = address(alphas);
  const share = f32x4.splat(smoothing / <f32>classes), same = f32x4.splat(alpha);
  for (let n = begin; n < end; n++) {
    const x = address(logits + n * classes);
    const dx = address(dlogits + n * classes);
    const labelByte = <usize>(<i32>load<f32>(address(labels + n))) << 2;

    const largest = row_maximum(x, classes);
    const maximum = f32x4.extract_lane(largest, 0);
    let first = x;
    const last = x + (<usize>classes << 2);
    while (first < last && load<f32>(first) != maximum) first += 4;
    store<f32>(address(correct + n), first == x + labelByte ? 1 : 0);

    // The first largest is 1 among the exponentials; without it their sum keeps the digits of what is small.
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      store_lanes(dx + i, exp(f32x4.sub(v128.load(x + i), largest)), left);
      i += 16;
    }
    if (first < last) store<f32>(dx + (first - x), 0);
    let sum = f64x2.splat(0);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      sum = add_as_f64(sum, keep_lanes(v128.load(dx + i), left));
      i += 16;
    }
    if (first < last) store<f32>(dx + (first - x), 1);
    const others = <f32>(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    const rest = f32x4.splat(others);
    const total = f32x4.splat(others + 1);
    const logTotal = others <= 1 ? log1p(rest) : log(total);

    let loss: f64 = 0;
    let gradients: f64 = 0;
    if (smoothing > 0) {
      let lossSum = f64x2.splat(0);
      let gradientSum = f64x2.splat(0);
      for (let i: usize = 0, left = classes; left > 0; left -= 4) {
        const logit = v128.load(x + i);
        const e = v128.load(dx + i);
        const logP = f32x4.sub(f32x4.sub(logit, largest), logTotal);
        const p = f32x4.div(e, total);
        const q = f32x4.div(v128.bitselect(rest, f32x4.sub(total, e), f32x4.eq(logit, largest)), total);
        const factor = power(q, exponent);
        const slope = f32x4.sub(f32x4.mul(gammas, times_log(p, logP)), q);
        const target = f32x4.mul(alphas != 0 ? v128.load(factors + i) : same, share);
        const gradient = f32x4.mul(f32x4.mul(factor, slope), target);
        lossSum = add_as_f64(lossSum, keep_lanes(f32x4.mul(f32x4.mul(f32x4.mul(factor, q), logP), target), left));
        gradientSum = add_as_f64(gradientSum, keep_lanes(gradient, left));
        store_lanes(dx + i, gradient, left);
        i += 16;
      }
      loss = f64x2.extract_lane(lossSum, 0) + f64x2.extract_lane(lossSum, 1);
      gradients = f64x2.extract_lane(gradientSum, 0) + f64x2.extract_lane(gradientSum, 1);
    }

    const logit = v128.load32_splat(x + labelByte);
    const difference = f32x4.sub(logit, largest);
    const e = exp(difference);
    const logP = f32x4.sub(difference, logTotal);
    const p = f32x4.div(e, total);
    const q = f32x4.div(v128.bitselect(rest, f32x4.sub(total, e), f32x4.eq(logit, largest)), total);
    const factor = power(q, exponent);
    const ofLabel = (alphas != 0 ? load<f32>(factors + labelByte) : alpha) * (<f32>1 - smoothing);
    if (smoothing < 1) {
      loss += <f64>(ofLabel * f32x4.extract_lane(f32x4.mul(f32x4.mul(factor, q), logP), 0));
    }
    store<f32>(address(losses + n), <f32>(0 - loss));
    const slope = f32x4.mul(factor, f32x4.sub(f32x4.mul(gammas, times_log(p, logP)), q));
    const labelGradient = ofLabel * f32x4.extract_lane(slope, 0);
    const all = f32x4.splat(<f32>(gradients + <f64>labelGradient));
    const sampleWeight = weight * load<f32>(address(weights + n));
    const scale = f32x4.splat(sampleWeight);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      // With smoothing the gradients stand where the exponentials were.
      const stored = v128.load(dx + i);
      const own = smoothing > 0 ? stored : zero();
      const exponential = smoothing > 0 ? exp(f32x4.sub(v128.load(x + i), largest)) : stored;
      const share = f32x4.div(exponential, total);
      store_lanes(dx + i, f32x4.mul(f32x4.sub(own, f32x4.mul(share, all)), scale), left);
      i += 16;
    }
    store<f32>(dx + labelByte, load<f32>(dx + labelByte) + labelGradient * sampleWeight);
  }
}

/**
 * Sigmoid focal cross-entropy, mean over the outputs, with label smoothing, as Keras' BinaryFocalCrossentropy.
 *
 * p = sigmoid(x), t = (1 - smoothing) target + smoothing / 2, q = t (1 - p) + (1 - t) p, a = t ones + (1 - t) zeros;
 * loss = mean of a q^gamma (max(x, 0) - x t + log(1 + e^-|x|)).
 * Overwrites losses and dlogits. Cost: four exponentials and two logarithms for each logit.
 *
 * @param logits [n, size]
 * @param targets [n, size], 0 to 1
 * @param weights [n]
 * @param losses [n]
 * @param dlogits [n, size] a q^(gamma - 1) (gamma (1 - 2 t) p (1 - p) b + q (p - t)) * weight * weights / size, with the
 *   binary cross-entropy b
 */
export function sigmoid_focal_cross_entropy(
  begin: i32, end: i32, logits: i32, targets: i32, weights: i32, losses: i32, dlogits: i32, size: i32,
  smoothing: f32, gamma: f32, ones: f32, zeros: f32, weight: f32,
): void {
  const one = f32x4.splat(1);
  const gammas = f32x4.splat(gamma);
  const exponent = f32x4.splat(gamma - 1);
  const sharp = f32x4.splat(<f32>1 - smoothing);
  const smooth = f32x4.splat(smoothing / 2);
  for (let n = begin; n < end; n++) {
    const scale = f32x4.splat((weight * load<f32>(address(weights + n))) / <f32>size);
    let from = address(logits + n * size);
    let target = address(targets + n * size);
    let to = address(dlogits + n * size);
    let sum = f64x2.splat(0);
    for (let left = size; left > 0; left -= 4) {
      const x = v128.load(from);
      const t = f32x4.add(f32x4.mul(v128.load(target), sharp), smooth);
      const u = f32x4.sub(one, t);
      const p = sigmoid(x);
      const r = sigmoid(f32x4.neg(x));
      const q = f32x4.add(f32x4.mul(t, r), f32x4.mul(u, p));
      const b = binary_cross_entropy(x, t);
      const a = f32x4.add(f32x4.mul(t, f32x4.splat(ones)), f32x4.mul(u, f32x4.splat(zeros)));
      const factor = f32x4.mul(a, power(q, exponent));
      sum = add_as_f64(sum, keep_lanes(f32x4.mul(f32x4.mul(factor, q), b), left));
      const turn = f32x4.mul(f32x4.mul(gammas, f32x4.sub(u, t)), f32x4.mul(f32x4.mul(p, r), b));
      const gradient = f32x4.mul(factor, f32x4.add(turn, f32x4.mul(q, f32x4.sub(p, t))));
      store_lanes(to, f32x4.mul(gradient, scale), left);
      from += 16;
      target += 16;
      to += 16;
    }
    store<f32>(address(losses + n), mean_of(sum, size));
  }
}
