// Batch normalization (Ioffe and Szegedy, 2015) over rows of c channels: x is [rows, c], rows = n h w, or n for dense.
// Lanes are channels, and rows are taken in blocks that stay in the first-level cache. A channel is summed in one order
// whatever range it falls in: inside a block by row mod 4, then block after block.

import { load_lanes, store_lanes } from "./lanes";
import { address, madd, zero } from "./simd";

/** Rows in a block of the sums: few enough to stay in the cache, enough to hide the work at its end. */
// @ts-ignore: decorator
@inline
function rows_in_block(c: i32): i32 {
  return max(16, min(64, 8192 / c));
}

/** Sum of a block of rows. */
// @ts-ignore: decorator
@inline
function block_sum(from: usize, stride: usize, rows: i32, lanes: i32): v128 {
  let sum0 = zero();
  let sum1 = zero();
  let sum2 = zero();
  let sum3 = zero();
  for (; rows >= 4; rows -= 4) {
    sum0 = f32x4.add(sum0, load_lanes(from, lanes));
    sum1 = f32x4.add(sum1, load_lanes(from + stride, lanes));
    sum2 = f32x4.add(sum2, load_lanes(from + 2 * stride, lanes));
    sum3 = f32x4.add(sum3, load_lanes(from + 3 * stride, lanes));
    from += 4 * stride;
  }
  for (; rows > 0; rows--) {
    sum0 = f32x4.add(sum0, load_lanes(from, lanes));
    from += stride;
  }
  return f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
}

/** (x - mean)^2 + sum. */
// @ts-ignore: decorator
@inline
function add_square(x: v128, mean: v128, sum: v128): v128 {
  const difference = f32x4.sub(x, mean);
  return madd(difference, difference, sum);
}

/** Sum of (x - mean)^2 over a block of rows. */
// @ts-ignore: decorator
@inline
function block_squares(from: usize, stride: usize, rows: i32, mean: v128, lanes: i32): v128 {
  let sum0 = zero();
  let sum1 = zero();
  let sum2 = zero();
  let sum3 = zero();
  for (; rows >= 4; rows -= 4) {
    sum0 = add_square(load_lanes(from, lanes), mean, sum0);
    sum1 = add_square(load_lanes(from + stride, lanes), mean, sum1);
    sum2 = add_square(load_lanes(from + 2 * stride, lanes), mean, sum2);
    sum3 = add_square(load_lanes(from + 3 * stride, lanes), mean, sum3);
    from += 4 * stride;
  }
  for (; rows > 0; rows--) {
    sum0 = add_square(load_lanes(from, lanes), mean, sum0);
    from += stride;
  }
  return f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
}

/** Merges a block of rows into the mean and the sum of squares of the `before` rows above it. */
// @ts-ignore: decorator
@inline
function merge_block(
  from: usize, stride: usize, rows: i32, before: i32, mean: usize, squares: usize, lanes: i32,
): void {
  const blockMean = f32x4.div(block_sum(from, stride, rows, lanes), f32x4.splat(<f32>rows));
  const blockSquares = block_squares(from, stride, rows, blockMean, lanes);
  const share = f32x4.splat(<f32>rows / <f32>(before + rows));
  const oldMean = load_lanes(mean, lanes);
  const difference = f32x4.sub(blockMean, oldMean);
  const moved = f32x4.mul(difference, share);
  store_lanes(mean, f32x4.add(oldMean, moved), lanes);
  const between = f32x4.mul(f32x4.mul(difference, moved), f32x4.splat(<f32>before));
  store_lanes(squares, f32x4.add(f32x4.add(load_lanes(squares, lanes), blockSquares), between), lanes);
}

/**
 * Mean and biased variance of each channel.
 *
 * Each block of rows has its mean taken and then its squares of differences from that, while it is in the cache;
 * blocks are merged by the formula of Chan, Golub and LeVeque (1983). Nothing cancels, and x is read once from memory.
 * Axis: channel. Overwrites mean and variance.
 *
 * @param x [rows, c]
 * @param mean [c]
 * @param variance [c]
 */
export function batch_norm_statistics(
  begin: i32, end: i32, x: i32, mean: i32, variance: i32, rows: i32, c: i32,
): void {
  if (begin >= end) return;
  const stride = <usize>c << 2;
  const bytes = <usize>(end - begin) << 2;
  memory.fill(address(mean + begin), 0, bytes);
  memory.fill(address(variance + begin), 0, bytes);
  const step = rows_in_block(c);
  for (let row = 0; row < rows; row += step) {
    const count = min(step, rows - row);
    for (let i = begin; i < end; i += 4) {
      const lanes = min(4, end - i);
      const block = address(x + row * c + i);
      if (lanes == 4) merge_block(block, stride, count, row, address(mean + i), address(variance + i), 4);
      else merge_block(block, stride, count, row, address(mean + i), address(variance + i), lanes);
    }
  }
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const at = address(variance + i);
    store_lanes(at, f32x4.div(load_lanes(at, lanes), f32x4.splat(<f32>rows)), lanes);
  }
}

/**
 * Moves the running statistics towards the batch's: running = running * momentum + batch * (1 - momentum), with the
 * variance made unbiased by rows / (rows - 1) where rows > 1.
 *
 * Axis: channel. Reads and writes runningMean and runningVariance.
 *
 * @param mean, variance of the batch [c]
 * @param runningMean, runningVariance [c]
 */
export function batch_norm_running(
  begin: i32, end: i32, mean: i32, variance: i32, runningMean: i32, runningVariance: i32, momentum: f32, rows: i32,
): void {
  const old = f32x4.splat(momentum);
  const fresh = f32x4.splat(1 - momentum);
  const unbiased = f32x4.splat(rows > 1 ? <f32>rows / <f32>(rows - 1) : 1);
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const batchMean = load_lanes(address(mean + i), lanes);
    const newMean = madd(load_lanes(address(runningMean + i), lanes), old, f32x4.mul(batchMean, fresh));
    store_lanes(address(runningMean + i), newMean, lanes);
    const batchVariance = f32x4.mul(load_lanes(address(variance + i), lanes), unbiased);
    const newVariance = madd(load_lanes(address(runningVariance + i), lanes), old, f32x4.mul(batchVariance, fresh));
    store_lanes(address(runningVariance + i), newVariance, lanes);
  }
}

/** 1 / sqrt(variance + epsilon). */
// @ts-ignore: decorator
@inline
function inverse_deviation(variance: i32, epsilon: f32, lanes: i32): v128 {
  const sum = f32x4.add(load_lanes(address(variance), lanes), f32x4.splat(epsilon));
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(sum));
}

/** Rows that an elementwise pass takes at once, so that they stay in the first-level cache for all channels. */
// @ts-ignore: decorator
@inline
function rows_at_once(c: i32): i32 {
  return max(16, 1024 / c);
}

// @ts-ignore: decorator
@inline
function normalize_rows(
  from: usize, to: usize, stride: usize, rows: i32, mean: v128, scale: v128, beta: v128, lanes: i32,
): void {
  for (; rows > 0; rows--) {
    store_lanes(to, madd(f32x4.sub(load_lanes(from, lanes), mean), scale, beta), lanes);
    from += stride;
    to += stride;
  }
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
 *
 * Axis: sample. Overwrites y; x and y may be the same. Cost: one pass.
 *
 * @param x, y [n, positions, c]
 * @param gamma, beta, mean, variance [c]
 */
export function batch_norm_forward(
  begin: i32, end: i32, x: i32, y: i32, gamma: i32, beta: i32, mean: i32, variance: i32, epsilon: f32,
  positions: i32, c: i32,
): void {
  const stride = <usize>c << 2;
  const step = rows_at_once(c);
  const last = end * positions;
  for (let row = begin * positions; row < last; row += step) {
    const rows = min(step, last - row);
    for (let i = 0; i < c; i += 4) {
      const lanes = min(4, c - i);
      const scale = f32x4.mul(load_lanes(address(gamma + i), lanes), inverse_deviation(variance + i, epsilon, lanes));
      const means = load_lanes(address(mean + i), lanes);
      const betas = load_lanes(address(beta + i), lanes);
      const from = address(x + row * c + i);
      const to = address(y + row * c + i);
      if (lanes == 4) normalize_rows(from, to, stride, rows, means, scale, betas, 4);
      else normalize_rows(from, to, stride, rows, means, scale, betas, lanes);
    }
  }
}

/** Adds the sums of dy and of dy (x - mean) over a block of rows to dbeta and dgamma. */
// @ts-ignore: decorator
@inline
function add_block(
  x: usize, dy: usize, stride: usize, rows: i32, mean: v128, dgamma: usize, dbeta: usize, lanes: i32,
): void {
  let sum0 = zero();
  let sum1 = zero();
  let sum2 = zero();
  let sum3 = zero();
  let product0 = zero();
  let product1 = zero();
  let product2 = zero();
  let product3 = zero();
  for (; rows >= 4; rows -= 4) {
    const dy0 = load_lanes(dy, lanes);
    const dy1 = load_lanes(dy + stride, lanes);
    const dy2 = load_lanes(dy + 2 * stride, lanes);
    const dy3 = load_lanes(dy + 3 * stride, lanes);
    sum0 = f32x4.add(sum0, dy0);
    sum1 = f32x4.add(sum1, dy1);
    sum2 = f32x4.add(sum2, dy2);
    sum3 = f32x4.add(sum3, dy3);
    product0 = madd(dy0, f32x4.sub(load_lanes(x, lanes), mean), product0);
    product1 = madd(dy1, f32x4.sub(load_lanes(x + stride, lanes), mean), product1);
    product2 = madd(dy2, f32x4.sub(load_lanes(x + 2 * stride, lanes), mean), product2);
    product3 = madd(dy3, f32x4.sub(load_lanes(x + 3 * stride, lanes), mean), product3);
    x += 4 * stride;
    dy += 4 * stride;
  }
  for (; rows > 0; rows--) {
    const dy0 = load_lanes(dy, lanes);
    sum0 = f32x4.add(sum0, dy0);
    product0 = madd(dy0, f32x4.sub(load_lanes(x, lanes), mean), product0);
    x += stride;
    dy += stride;
  }
  const sum = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
  const product = f32x4.add(f32x4.add(product0, product1), f32x4.add(product2, product3));
  store_lanes(dbeta, f32x4.add(load_lanes(dbeta, lanes), sum), lanes);
  store_lanes(dgamma, f32x4.add(load_lanes(dgamma, lanes), product), lanes);
}

/**
 * dbeta = sum of dy over the rows; dgamma = sum of dy (x - mean), / sqrt(variance + epsilon).
 *
 * Axis: channel. Overwrites dgamma and dbeta. Cost: one pass over x and dy.
 *
 * @param x, dy [rows, c]
 * @param mean, variance of the batch [c]
 * @param dgamma, dbeta [c]
 */
export function batch_norm_backward_parameters(
  begin: i32, end: i32, x: i32, dy: i32, mean: i32, variance: i32, dgamma: i32, dbeta: i32, epsilon: f32,
  rows: i32, c: i32,
): void {
  if (begin >= end) return;
  const stride = <usize>c << 2;
  const bytes = <usize>(end - begin) << 2;
  memory.fill(address(dgamma + begin), 0, bytes);
  memory.fill(address(dbeta + begin), 0, bytes);
  const step = rows_in_block(c);
  for (let row = 0; row < rows; row += step) {
    const count = min(step, rows - row);
    for (let i = begin; i < end; i += 4) {
      const lanes = min(4, end - i);
      const means = load_lanes(address(mean + i), lanes);
      const input = address(x + row * c + i);
      const gradient = address(dy + row * c + i);
      const gammaSum = address(dgamma + i);
      const betaSum = address(dbeta + i);
      if (lanes == 4) add_block(input, gradient, stride, count, means, gammaSum, betaSum, 4);
      else add_block(input, gradient, stride, count, means, gammaSum, betaSum, lanes);
    }
  }
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const at = address(dgamma + i);
    store_lanes(at, f32x4.mul(load_lanes(at, lanes), inverse_deviation(variance + i, epsilon, lanes)), lanes);
  }
}

// @ts-ignore: decorator
@inline
function normalize_rows_gradient(
  x: usize, dy: usize, dx: usize, stride: usize, rows: i32,
  scale: v128, mean: v128, slope: v128, offset: v128, lanes: i32,
): void {
  for (; rows > 0; rows--) {
    const centred = f32x4.sub(load_lanes(dy, lanes), offset);
    const along = f32x4.mul(f32x4.sub(load_lanes(x, lanes), mean), slope);
    store_lanes(dx, f32x4.mul(f32x4.sub(centred, along), scale), lanes);
    x += stride;
    dy += stride;
    dx += stride;
  }
}

/**
 * Gradient through the batch's own statistics: with d = 1 / sqrt(variance + epsilon),
 * dx = gamma d (dy - dbeta / rows - (x - mean) d dgamma / rows).
 *
 * Axis: sample. Overwrites dx. Cost: one pass over x and dy.
 *
 * @param x, dy, dx [n, positions, c]
 * @param gamma, mean, variance, dgamma, dbeta [c]
 * @param rows n * positions of the whole batch
 */
export function batch_norm_backward_data(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, gamma: i32, mean: i32, variance: i32, dgamma: i32, dbeta: i32,
  epsilon: f32, positions: i32, c: i32, rows: i32,
): void {
  const stride = <usize>c << 2;
  const step = rows_at_once(c);
  const last = end * positions;
  const all = f32x4.splat(<f32>rows);
  for (let row = begin * positions; row < last; row += step) {
    const count = min(step, last - row);
    for (let i = 0; i < c; i += 4) {
      const lanes = min(4, c - i);
      const inverse = inverse_deviation(variance + i, epsilon, lanes);
      const scale = f32x4.mul(load_lanes(address(gamma + i), lanes), inverse);
      const means = load_lanes(address(mean + i), lanes);
      const slope = f32x4.div(f32x4.mul(load_lanes(address(dgamma + i), lanes), inverse), all);
      const offset = f32x4.div(load_lanes(address(dbeta + i), lanes), all);
      const input = address(x + row * c + i);
      const from = address(dy + row * c + i);
      const to = address(dx + row * c + i);
      if (lanes == 4) normalize_rows_gradient(input, from, to, stride, count, scale, means, slope, offset, 4);
      else normalize_rows_gradient(input, from, to, stride, count, scale, means, slope, offset, lanes);
    }
  }
}
