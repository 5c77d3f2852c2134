// Group normalization (Wu and He, 2018): of groups of channels over all positions of a sample, by the moments of single channels that
// batch normalization starts from; and the gradients of the parameters of it and of layer normalization. Axis: sample, but for those.

import { store_lanes } from "./lanes";
import {
  add_gradients, column_sum, demote_sums, gradient_rows, NO_RELU, normalize_rows, padded, ROWS, rows_in_sum,
} from "./norm-tiles";
import { address, zero } from "./simd";

/**
 * dbeta and dgamma from the sums of each sample.
 *
 * Axis: channel. Overwrites dgamma and dbeta.
 *
 * @param sums [n, pitch]: in each sample two rows of padded c, from `layer_norm_backward` or `group_norm_backward`
 * @param dgamma, dbeta [c]; 0: not wanted
 */
export function sample_norm_parameters(
  begin: i32, end: i32, sums: i32, dgamma: i32, dbeta: i32, n: i32, c: i32, pitch: i32,
): void {
  const row = <usize>padded(c) << 2, apart = <usize>pitch << 2;
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    if (dbeta) store_lanes(address(dbeta + i), column_sum(address(sums + i), apart, n, zero()), lanes);
    if (dgamma) store_lanes(address(dgamma + i), column_sum(address(sums + i) + row, apart, n, zero()), lanes);
  }
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by mean and biased variance of each group of channels in each sample.
 *
 * Overwrites y and folded; x and y may be the same. Cost: one pass over x, besides that of the moments.
 *
 * @param x, y [n, positions, c]
 * @param moments [n, 5, padded c], from `batch_norm_moments`
 * @param folded [n, 4, c]: scale, shift, mean and 1 / sqrt(variance + epsilon) of each channel
 * @param gamma, beta [c]; 0: none, as if they were 1 and 0
 * @param groups of c / groups neighbouring channels
 */
export function group_norm_forward(
  begin: i32, end: i32, x: i32, y: i32, moments: i32, folded: i32, gamma: i32, beta: i32,
  positions: i32, c: i32, groups: i32, epsilon: f32,
): void {
  const stride = <usize>c << 2, row = <usize>padded(c) << 2;
  const width = c / groups;
  const lower = f32x4.splat(-Infinity), upper = f32x4.splat(Infinity);
  for (let n = begin; n < end; n++) {
    const from = address(moments) + <usize>n * ROWS * row, to = address(folded + 4 * n * c);
    for (let first = 0; first < c; first += width) {
      let mean: f64 = 0, squares: f64 = 0;
      for (let i = first; i < first + width; i++) {
        const at = from + (<usize>i << 2);
        mean += <f64>load<f32>(at) + <f64>load<f32>(at + 2 * row);
      }
      mean /= <f64>width;
      for (let i = first; i < first + width; i++) {
        const at = from + (<usize>i << 2);
        const difference = <f64>load<f32>(at) + <f64>load<f32>(at + 2 * row) - mean;
        squares += <f64>load<f32>(at + row) + <f64>positions * difference * difference;
      }
      const factor = 1 / sqrt<f64>(squares / (<f64>positions * <f64>width) + <f64>epsilon);
      for (let i = first; i < first + width; i++) {
        const at = to + (<usize>i << 2);
        const scale = gamma ? factor * <f64>load<f32>(address(gamma + i)) : factor;
        store<f32>(at, <f32>scale);
        const shift: f64 = beta ? <f64>load<f32>(address(beta + i)) : 0;
        store<f32>(at + stride, <f32>(shift - mean * scale));
        store<f32>(at + 2 * stride, <f32>mean);
        store<f32>(at + 3 * stride, <f32>factor);
      }
    }
    const image = n * positions * c;
    normalize_rows(address(x + image), address(y + image), stride, positions, to, to + stride, lower, upper);
  }
}

/**
 * Gradient through the statistics of each group, as in `layer_norm_backward`, and the sums over a sample's positions of dy and of
 * dy (x - mean) / sqrt(variance + epsilon).
 *
 * Overwrites dx and sums; dy and dx may be the same. Cost: two passes over x and dy.
 *
 * @param x, dy, dx [n, positions, c]; dx 0: not wanted
 * @param folded [n, 4, c], from `group_norm_forward`
 * @param gamma [c]; 0: none
 * @param sums [n, 5, padded c]: the two sums, then factors of x and 1 in dx, and a row to keep samples apart
 */
export function group_norm_backward(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, folded: i32, gamma: i32, sums: i32,
  positions: i32, c: i32, groups: i32,
): void {
  const stride = <usize>c << 2, row = <usize>padded(c) << 2;
  const width = c / groups;
  const count = <f64>positions * <f64>width;
  const inSum = rows_in_sum(c);
  const more = positions > inSum;
  for (let n = begin; n < end; n++) {
    const from = address(folded + 4 * n * c), to = address(sums) + <usize>n * ROWS * row;
    const image = n * positions * c;
    memory.fill(to, 0, ROWS * row);
    for (let position = 0; position < positions; position += inSum) {
      const rows = min(inSum, positions - position), offset = image + position * c;
      for (let i = 0; i < c; i += 4) {
        const at = <usize>i << 2, mean = from + at + 2 * stride;
        add_gradients(
          address(x + offset + i), address(dy + offset + i), stride, rows, mean, 0, 0, to + at, row, more, NO_RELU, zero(), false,
        );
      }
    }
    demote_sums(to, row, c, more);
    for (let first = 0; first < c; first += width) {
      let sum: f64 = 0, products: f64 = 0;
      for (let i = first; i < first + width; i++) {
        const at = to + (<usize>i << 2), weight: f64 = gamma ? <f64>load<f32>(address(gamma + i)) : 1;
        sum += weight * <f64>load<f32>(at);
        products += weight * <f64>load<f32>(at + row);
      }
      const mean = <f64>load<f32>(from + (<usize>first << 2) + 2 * stride);
      const factor = <f64>load<f32>(from + (<usize>first << 2) + 3 * stride);
      const slope = -factor * factor * factor * products / count;
      for (let i = first; i < first + width; i++) {
        const at = to + (<usize>i << 2);
        store<f32>(at + row, <f32>(factor * <f64>load<f32>(at + row)));
        store<f32>(at + 2 * row, <f32>slope);
        store<f32>(at + 3 * row, <f32>(-slope * mean - factor * sum / count));
      }
    }
    if (!dx) continue;
    gradient_rows(
      address(x + image), address(dy + image), address(dx + image), stride, positions,
      from, 0, to + 2 * row, to + 3 * row, NO_RELU, zero(),
    );
  }
}
