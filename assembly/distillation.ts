// The loss of a network that learns from another one's answers beside the labels. Axis: sample; `weight` and `weights` as in `loss.ts`.

import { keep_lanes, row_maximum, store_lanes } from "./lanes";
import { add_as_f64 } from "./loss";
import { exp, log } from "./math";
import { address, zero } from "./simd";

/** The sum of two float64 lanes. */
// @ts-ignore: decorator
@inline
function both(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** e^((x - largest) / temperature) in each lane. */
// @ts-ignore: decorator
@inline
function exponential(x: usize, largest: v128, temperature: v128): v128 {
  return exp(f32x4.div(f32x4.sub(v128.load(x), largest), temperature));
}

/**
 * Knowledge distillation (Hinton et al., 2015): with p = softmax(logits), s = softmax(logits / temperature) and a teacher's
 * probabilities t at the same temperature,
 * loss = (1 - share) * -log p of the label + share * temperature^2 * sum of t (log t - log s).
 *
 * A target of 0 counts nothing. Overwrites losses, correct and dlogits. Cost: four exponentials and a logarithm for each logit.
 *
 * @param logits [n, classes]
 * @param labels [n] class indices as floats
 * @param targets [n, classes] t, which adds up to 1
 * @param weights [n]
 * @param losses [n]
 * @param correct [n] 1 where the first largest logit is the label's, else 0
 * @param dlogits [n, classes] ((1 - share) (p - onehot) + share * temperature (s - t)) * weight * weights
 */
export function softmax_distillation(
  begin: i32, end: i32, logits: i32, labels: i32, targets: i32, weights: i32, losses: i32, correct: i32, dlogits: i32,
  classes: i32, temperature: f32, share: f32, weight: f32,
): void {
  const one = f32x4.splat(1), heat = f32x4.splat(temperature);
  const ofLabels = <f32>1 - share;
  for (let n = begin; n < end; n++) {
    const x = address(logits + n * classes), t = address(targets + n * classes), dx = address(dlogits + n * classes);
    const labelByte = <usize>(<i32>load<f32>(address(labels + n))) << 2;
    const largest = row_maximum(x, classes);
    let total = f64x2.splat(0), soft = total, distance = total, certainty = total;
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      const target = keep_lanes(v128.load(t + i), left);
      const counts = f32x4.gt(target, zero());
      total = add_as_f64(total, keep_lanes(exponential(x + i, largest, one), left));
      soft = add_as_f64(soft, keep_lanes(exponential(x + i, largest, heat), left));
      const cooled = f32x4.div(f32x4.sub(v128.load(x + i), largest), heat);
      distance = add_as_f64(distance, v128.and(f32x4.mul(target, cooled), counts));
      certainty = add_as_f64(certainty, v128.and(f32x4.mul(target, log(target)), counts));
      i += 16;
    }
    const sum = f32x4.splat(<f32>both(total)), softSum = f32x4.splat(<f32>both(soft));
    const maximum = f32x4.extract_lane(largest, 0);
    const ofLabel = <f64>f32x4.extract_lane(log(sum), 0) - <f64>(load<f32>(x + labelByte) - maximum);
    const ofTeacher = both(certainty) - both(distance) + <f64>f32x4.extract_lane(log(softSum), 0);
    const square = <f64>temperature * <f64>temperature;
    store<f32>(address(losses + n), <f32>(<f64>ofLabels * ofLabel + <f64>share * square * ofTeacher));

    let first = x;
    const last = x + (<usize>classes << 2);
    while (first < last && load<f32>(first) != maximum) first += 4;
    store<f32>(address(correct + n), first == x + labelByte ? 1 : 0);

    const factor = weight * load<f32>(address(weights + n));
    const hard = f32x4.splat(ofLabels * factor), warm = f32x4.splat(share * temperature * factor);
    for (let i: usize = 0, left = classes; left > 0; left -= 4) {
      const p = f32x4.div(exponential(x + i, largest, one), sum);
      const s = f32x4.div(exponential(x + i, largest, heat), softSum);
      const difference = f32x4.sub(s, v128.load(t + i));
      store_lanes(dx + i, f32x4.add(f32x4.mul(p, hard), f32x4.mul(difference, warm)), left);
      i += 16;
    }
    store<f32>(dx + labelByte, load<f32>(dx + labelByte) - ofLabels * factor);
  }
}
