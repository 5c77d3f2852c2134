// Cross-entropy against probabilities of classes. Axis: sample; `weight` and `weights` as in `loss.ts`.

import { keep_lanes, row_maximum, store_lanes, sum_lanes } from "./lanes";
import { exp, log } from "./math";
import { address, zero } from "./simd";
import { LONG_SUM, PART_OF_ROW } from "./sums";

/**
 * Softmax cross-entropy against a row of targets for each sample, which need not add up to 1: class weights may be in them.
 *
 * p = softmax(logits); loss = - sum of t log p, with log p = (x - max x) - log(sum of e^(x - max x)).
 * A target of 0 counts nothing, also where the logit is -Infinity.
 * Overwrites losses, correct and dlogits. Cost: one exponential for each logit.
 *
 * @param logits [n, classes]
 * @param labels [n] class indices as floats, for `correct` only
 * @param targets [n, classes] at least 0
 * @param weights [n]
 * @param losses [n]
 * @param correct [n] 1 where the first largest logit is the label's, else 0
 * @param dlogits [n, classes] (p * sum of t - t) * weight * weights
 */
export function softmax_cross_entropy_soft(
  begin: i32, end: i32, logits: i32, labels: i32, targets: i32, weights: i32, losses: i32, correct: i32, dlogits: i32,
  classes: i32, weight: f32,
): void {
  const part = classes > LONG_SUM ? PART_OF_ROW : classes;
  for (let n = begin; n < end; n++) {
    const x = address(logits + n * classes);
    const t = address(targets + n * classes);
    const dx = address(dlogits + n * classes);
    const labelByte = <usize>(<i32>load<f32>(address(labels + n))) << 2;

    const largest = row_maximum(x, classes);
    const maximum = f32x4.extract_lane(largest, 0);
    let exponentials: f64 = 0;
    let whole: f64 = 0;
    let distance: f64 = 0;
    // Many classes in parts: the error of a sum grows with its length.
    for (let i: usize = 0, left = classes; left > 0; ) {
      let sum = zero();
      let shares = zero();
      let differences = zero();
      const rest = max(0, left - part);
      for (; left > rest; left -= 4) {
        const difference = f32x4.sub(v128.load(x + i), largest);
        const target = keep_lanes(v128.load(t + i), left);
        const e = exp(difference);
        store_lanes(dx + i, e, left);
        sum = f32x4.add(sum, keep_lanes(e, left));
        shares = f32x4.add(shares, target);
        differences = f32x4.add(differences, v128.and(f32x4.mul(target, difference), f32x4.ne(target, zero())));
        i += 16;
      }
      exponentials += <f64>sum_lanes(sum);
      whole += <f64>sum_lanes(shares);
      distance += <f64>sum_lanes(differences);
    }
    const total = <f32>exponentials;
    const share = <f32>whole;
    const logTotal = f32x4.extract_lane(log(f32x4.splat(total)), 0);
    store<f32>(address(losses + n), logTotal * share - <f32>distance);

    let first = x;
    const last = x + (<usize>classes << 2);
    while (first < last && load<f32>(first) != maximum) first += 4;
    store<f32>(address(correct + n), first == x + labelByte ? 1 : 0);

    const scale = f32x4.splat(weight * load<f32>(address(weights + n)));
    const sum = f32x4.splat(total);
    const every = f32x4.splat(share);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      const p = f32x4.mul(f32x4.div(v128.load(dx + i), sum), every);
      store_lanes(dx + i, f32x4.mul(f32x4.sub(p, v128.load(t + i)), scale), left);
      i += 16;
    }
  }
}
