// Gradients of batch normalization: rows, lanes and sums over the batch as in norm.ts.

import { store_lanes } from "./lanes";
import {
  add_gradients, BOUNDED, column_sum, demote_sums, gradient_rows, LARGE_SAMPLE, NO_RELU, padded, PLAIN, ROWS, rows_in_sum,
} from "./norm-tiles";
import { address, fetch, zero } from "./simd";
import { SPAN } from "./span";

/**
 * Sums over each sample by itself of dz and of dz (x - mean); dz is dy, or with a ReLU dy where its output was positive,
 * which is computed again from x. Tiles of rows are put together in float64.
 *
 * Axis: sample. Overwrites sums. Cost: one pass over x and dy.
 *
 * @param x, dy [n, positions, c]
 * @param mean of the batch [c]
 * @param scale, shift [c], from `batch_norm_fold`
 * @param sums [n, 5, padded c]: the two sums, and rows to work with, left zero
 * @param upper bound of the forward pass's ReLU, Infinity for a plain one; 0 for no ReLU
 */
export function batch_norm_backward_sums(
  begin: i32, end: i32, x: i32, dy: i32, mean: i32, scale: i32, shift: i32, sums: i32,
  positions: i32, c: i32, upper: f32,
): void {
  if (WIDE && upper == Infinity) sum_plain(begin, end, x, dy, mean, scale, shift, sums, positions, c);
  else if (upper > 0) sum_bounded(begin, end, x, dy, mean, scale, shift, sums, positions, c, upper);
  else sum_all(begin, end, x, dy, mean, sums, positions, c);
}

// Each kind of ReLU has a function of its own, as Binaryen makes one loop of equal ones before it knows what is constant in each. A plain
// one has it in WIDE only: pages are to stay small.

function sum_all(begin: i32, end: i32, x: i32, dy: i32, mean: i32, sums: i32, positions: i32, c: i32): void {
  sum_rows(begin, end, x, dy, mean, 0, 0, sums, positions, c, Infinity, NO_RELU);
}

function sum_plain(
  begin: i32, end: i32, x: i32, dy: i32, mean: i32, scale: i32, shift: i32, sums: i32, positions: i32, c: i32,
): void {
  sum_rows(begin, end, x, dy, mean, scale, shift, sums, positions, c, Infinity, PLAIN);
}

function sum_bounded(
  begin: i32, end: i32, x: i32, dy: i32, mean: i32, scale: i32, shift: i32, sums: i32, positions: i32, c: i32, upper: f32,
): void {
  sum_rows(begin, end, x, dy, mean, scale, shift, sums, positions, c, upper, BOUNDED);
}

/** `batch_norm_backward_sums` for a kind of ReLU. */
// @ts-ignore: decorator
@inline
function sum_rows(
  begin: i32, end: i32, x: i32, dy: i32, mean: i32, scale: i32, shift: i32, sums: i32,
  positions: i32, c: i32, upper: f32, relu: i32,
): void {
  const ceiling = f32x4.splat(upper);
  const stride = <usize>c << 2;
  const row = <usize>padded(c) << 2;
  const step = rows_in_sum(c);
  const more = positions > step;
  for (let n = begin; n < end; n++) {
    let from = address(x + n * positions * c);
    let across = address(dy + n * positions * c);
    const to = address(sums) + <usize>n * ROWS * row;
    memory.fill(to, 0, ROWS * row);
    for (let left = positions; left > 0; left -= step) {
      const rows = min(step, left);
      if (WIDE && positions * c > LARGE_SAMPLE) {
        fetch(from, <usize>rows * stride);
        fetch(across, <usize>rows * stride);
      }
      let i: usize = 0;
      if (WIDE) {
        for (; i + SPAN <= row; i += SPAN) {
          const means = address(mean) + i, factors = address(scale) + i, summands = address(shift) + i;
          add_gradients(from + i, across + i, stride, rows, means, factors, summands, to + i, row, more, relu, ceiling, true);
        }
      }
      for (; i < row; i += 16) {
        const means = address(mean) + i, factors = address(scale) + i, summands = address(shift) + i;
        add_gradients(from + i, across + i, stride, rows, means, factors, summands, to + i, row, more, relu, ceiling, false);
      }
      from += <usize>step * stride;
      across += <usize>step * stride;
    }
    demote_sums(to, row, c, more);
    if (WIDE) memory.fill(to + 4 * row, 0, row);
  }
}

/**
 * dbeta = sum of dz over the rows; dgamma = sum of dz (x - mean), / sqrt(variance + epsilon); and the factors of x and 1
 * in the data gradient.
 *
 * Axis: channel. Overwrites dgamma, dbeta and factors.
 *
 * @param sums [n, 5, padded c], from `batch_norm_backward_sums`
 * @param mean, variance of the batch [c]
 * @param scale [c], from `batch_norm_fold`
 * @param dgamma, dbeta [c]
 * @param factors [2, c]: with a = scale dgamma / (rows sqrt(variance + epsilon)), -a and a mean - scale dbeta / rows
 * @param rows of the whole batch
 */
export function batch_norm_backward_parameters(
  begin: i32, end: i32, sums: i32, mean: i32, variance: i32, scale: i32, dgamma: i32, dbeta: i32, factors: i32,
  epsilon: f32, n: i32, c: i32, rows: i32,
): void {
  const row = <usize>padded(c) << 2;
  const all = f32x4.splat(<f32>rows);
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const deviation = f32x4.sqrt(f32x4.add(v128.load(address(variance + i)), f32x4.splat(epsilon)));
    const sum = column_sum(address(sums + i), ROWS * row, n, zero());
    const product = f32x4.div(column_sum(address(sums + i) + row, ROWS * row, n, zero()), deviation);
    store_lanes(address(dbeta + i), sum, lanes);
    store_lanes(address(dgamma + i), product, lanes);
    const factor = f32x4.div(v128.load(address(scale + i)), all);
    const slope = f32x4.div(f32x4.mul(product, factor), deviation);
    store_lanes(address(factors + i), f32x4.neg(slope), lanes);
    const constant = f32x4.sub(f32x4.mul(slope, v128.load(address(mean + i))), f32x4.mul(sum, factor));
    store_lanes(address(factors + c + i), constant, lanes);
  }
}

/**
 * Gradient through the batch's own statistics: with d = 1 / sqrt(variance + epsilon) and dz as in
 * `batch_norm_backward_sums`, dx = scale (dz - dbeta / rows - (x - mean) d dgamma / rows), computed as
 * scale dz + factors[0] x + factors[1].
 *
 * Axis: sample. Overwrites dx; dy and dx may be the same. Cost: one pass over x and dy.
 *
 * @param x, dy, dx [n, positions, c]
 * @param scale, shift [c], from `batch_norm_fold`
 * @param factors [2, c], from `batch_norm_backward_parameters`
 * @param upper bound of the forward pass's ReLU, Infinity for a plain one; 0 for no ReLU
 */
export function batch_norm_backward_data(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, scale: i32, shift: i32, factors: i32,
  positions: i32, c: i32, upper: f32,
): void {
  const row = begin * positions, last = end * positions;
  if (WIDE && upper == Infinity) data_plain(row, last, x, dy, dx, scale, shift, factors, c);
  else if (upper > 0) data_bounded(row, last, x, dy, dx, scale, shift, factors, c, upper);
  else data_all(row, last, x, dy, dx, scale, factors, c);
}

function data_all(row: i32, last: i32, x: i32, dy: i32, dx: i32, scale: i32, factors: i32, c: i32): void {
  data_rows(row, last, x, dy, dx, scale, 0, factors, c, Infinity, NO_RELU);
}

function data_plain(row: i32, last: i32, x: i32, dy: i32, dx: i32, scale: i32, shift: i32, factors: i32, c: i32): void {
  data_rows(row, last, x, dy, dx, scale, shift, factors, c, Infinity, PLAIN);
}

function data_bounded(
  row: i32, last: i32, x: i32, dy: i32, dx: i32, scale: i32, shift: i32, factors: i32, c: i32, upper: f32,
): void {
  data_rows(row, last, x, dy, dx, scale, shift, factors, c, upper, BOUNDED);
}

/** `batch_norm_backward_data` of rows, for a kind of ReLU. */
// @ts-ignore: decorator
@inline
function data_rows(
  row: i32, last: i32, x: i32, dy: i32, dx: i32, scale: i32, shift: i32, factors: i32, c: i32, upper: f32, relu: i32,
): void {
  const ceiling = f32x4.splat(upper);
  const stride = <usize>c << 2;
  gradient_rows(
    address(x + row * c), address(dy + row * c), address(dx + row * c), stride, last - row,
    address(scale), address(shift), address(factors), address(factors + c), relu, ceiling,
  );
}
