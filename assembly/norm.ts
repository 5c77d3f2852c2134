// Batch normalization (Ioffe and Szegedy, 2015) over rows of c channels: x is [rows, c], rows = n h w, or n for dense; norm-gradients.ts has
// its gradients.
// Lanes are channels; the last vector of a row may read up to three floats of the next one, whose lanes do not count.
// Sums over the batch are made in two steps, first in each sample by itself (axis: sample), then over the samples (axis:
// channel). The sums of a sample are rows of `padded` floats, c rounded up to whole vectors, with zeros at their end.

import { keep_lanes, store_lanes } from "./lanes";
import { BLOCK, column_sum, LARGE_SAMPLE, normalize_rows, padded, ROWS, rows_in_sum } from "./norm-tiles";
import { address, fetch, madd, zero } from "./simd";
import { SPAN } from "./span";
import { add_high, add_low, demote, promote_high } from "./sums";

/**
 * Sum of the squares of the differences of `rows` means, a block of them at most, from a center; the rounding error of
 * each lies `rest` bytes after it.
 */
function block_squares(from: usize, stride: usize, rows: i32, rest: usize, center: v128): v128 {
  let sum = zero();
  for (; rows > 0; rows--) {
    const difference = f32x4.add(f32x4.sub(v128.load(from), center), v128.load(from + rest));
    sum = madd(difference, difference, sum);
    from += stride;
  }
  return sum;
}

/** `block_squares` of any number of vectors. */
function column_squares(from: usize, stride: usize, rows: i32, rest: usize, center: v128): v128 {
  let low = f64x2.splat(0), high = low;
  for (; rows > 0; rows -= BLOCK) {
    const sum = block_squares(from, stride, min(rows, BLOCK), rest, center);
    low = add_low(low, sum);
    high = add_high(high, sum);
    from += BLOCK * stride;
  }
  return demote(low, high);
}

/** The mean of eight vectors. */
// @ts-ignore: decorator
@inline
function mean_of_eight(from: usize, apart: usize): v128 {
  const sum0 = f32x4.add(v128.load(from), v128.load(from + apart));
  from += 2 * apart;
  const sum1 = f32x4.add(v128.load(from), v128.load(from + apart));
  from += 2 * apart;
  const sum2 = f32x4.add(v128.load(from), v128.load(from + apart));
  from += 2 * apart;
  const sum3 = f32x4.add(v128.load(from), v128.load(from + apart));
  return f32x4.mul(f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)), f32x4.splat(0.125));
}

/**
 * Adds a tile's sums of x and x^2 to those of the rows before it, in two lanes. x counts from the sample's first row, as
 * does `center`; `sum` and `squares` are those of d = x - center.
 */
// @ts-ignore: decorator
@inline
function add_tile(at: usize, row: usize, rows: f64, center: v128, sum: v128, squares: v128): void {
  // sum x = rows center + sum d, sum x^2 = sum d^2 + center (sum x + sum d).
  const total = f64x2.add(f64x2.mul(f64x2.splat(rows), center), sum);
  v128.store(at, f64x2.add(v128.load(at), total));
  const all = f64x2.add(squares, f64x2.mul(center, f64x2.add(total, sum)));
  v128.store(at + row, f64x2.add(v128.load(at + row), all));
}

/**
 * Moments of a tile of rows, at a span of channels: settled where the tile is the whole sample, else added to those before it.
 *
 * @param x, origin, to addresses at the first channel: of the tile, the sample and its moments
 * @param left channels from there on
 * @param pair both vectors of the span, else its first one
 */
// @ts-ignore: decorator
@inline
function add_moments(
  x: usize, stride: usize, rows: i32, origin: usize, to: usize, row: usize, positions: i32, left: i32, pair: bool,
): void {
  const apart = <usize>(rows >> 3) * stride;
  let center = mean_of_eight(x, apart), centerHigh = pair ? mean_of_eight(x + 16, apart) : zero();
  let sum0 = zero(), sum1 = zero(), high0 = zero(), high1 = zero();
  let square0 = zero(), square1 = zero(), squareHigh0 = zero(), squareHigh1 = zero();
  for (let count = rows; ; ) {
    let difference = f32x4.sub(v128.load(x), center), differenceHigh = pair ? f32x4.sub(v128.load(x, 16), centerHigh) : zero();
    sum0 = f32x4.add(sum0, difference);
    if (pair) high0 = f32x4.add(high0, differenceHigh);
    square0 = madd(difference, difference, square0);
    if (pair) squareHigh0 = madd(differenceHigh, differenceHigh, squareHigh0);
    if (count == 1) break;
    x += stride;
    difference = f32x4.sub(v128.load(x), center); differenceHigh = pair ? f32x4.sub(v128.load(x, 16), centerHigh) : zero();
    sum1 = f32x4.add(sum1, difference);
    if (pair) high1 = f32x4.add(high1, differenceHigh);
    square1 = madd(difference, difference, square1);
    if (pair) squareHigh1 = madd(differenceHigh, differenceHigh, squareHigh1);
    if ((count -= 2) == 0) break;
    x += stride;
  }
  sum0 = f32x4.add(sum0, sum1);
  square0 = f32x4.add(square0, square1);
  if (pair) {
    high0 = f32x4.add(high0, high1);
    squareHigh0 = f32x4.add(squareHigh0, squareHigh1);
    // V8 makes pairs of what is stored side by side; the halves are read from there.
    const rest = to + 4 * row;
    v128.store(rest, center);
    v128.store(rest, centerHigh, 16);
    center = v128.load(rest); centerHigh = v128.load(rest, 16);
    v128.store(rest, square0);
    v128.store(rest, squareHigh0, 16);
    square0 = v128.load(rest); squareHigh0 = v128.load(rest, 16);
    v128.store(rest, sum0);
    v128.store(rest, high0, 16);
    sum0 = v128.load(rest); high0 = v128.load(rest, 16);
    v128.store(rest, zero());
    v128.store(rest, zero(), 16);
  }
  keep_moments(sum0, square0, center, rows, origin, to, row, positions, left);
  if (pair) keep_moments(high0, squareHigh0, centerHigh, rows, origin + 16, to + 16, row, positions, left - 4);
}

/** The end of `add_moments`, for one vector. */
// @ts-ignore: decorator
@inline
function keep_moments(
  sum: v128, squares: v128, center: v128, rows: i32, origin: usize, at: usize, row: usize, positions: i32, left: i32,
): void {
  if (rows == positions) {
    const moved = f32x4.div(sum, f32x4.splat(<f32>rows));
    const lanes = min(4, left);
    const mean = f32x4.add(center, moved);
    v128.store(at, keep_lanes(mean, lanes));
    v128.store(at + 2 * row, keep_lanes(f32x4.sub(moved, f32x4.sub(mean, center)), lanes));
    const within = f32x4.pmax(f32x4.sub(squares, f32x4.mul(sum, moved)), zero());
    v128.store(at + row, keep_lanes(within, lanes));
  } else {
    const many = <f64>rows, first = v128.load(origin);
    const low = f64x2.sub(f64x2.promote_low_f32x4(center), f64x2.promote_low_f32x4(first));
    const high = f64x2.sub(promote_high(center), promote_high(first));
    add_tile(at, row, many, low, f64x2.promote_low_f32x4(sum), f64x2.promote_low_f32x4(squares));
    add_tile(at + 2 * row, row, many, high, promote_high(sum), promote_high(squares));
  }
}

/** Turns the sums of `add_tile` into a mean and a sum of squares of the differences from it. */
// @ts-ignore: decorator
@inline
function settle_moments(at: usize, row: usize, rows: f64, origin: v128): void {
  const sum = v128.load(at);
  const mean = f64x2.div(sum, f64x2.splat(rows));
  v128.store(at, f64x2.add(origin, mean));
  v128.store(at + row, f64x2.sub(v128.load(at + row), f64x2.mul(sum, mean)));
}

/**
 * Mean of each channel of each sample, and sum of squares of the differences from it.
 *
 * A tile of rows is summed as differences d from k, the mean of eight of them. What cancels in sum d^2 - (sum d)^2 / rows
 * is then at most eight times the result: 8 of N rows whose mean is k add at least 8 (mean - k)^2 to the sum of squares, of
 * which N (mean - k)^2 cancel, and N is at most 64. Tiles are put together in float64, so that neither
 * the number of rows nor their offset, a border or single bright pixels cost digits.
 * Axis: sample. Overwrites moments. Cost: one pass over memory.
 *
 * @param x [n, positions, c]
 * @param moments [n, 5, padded c]: mean, sum of squares, what the rounded mean lacks, and rows to work with, left zero
 */
export function batch_norm_moments(begin: i32, end: i32, x: i32, moments: i32, positions: i32, c: i32): void {
  const stride = <usize>c << 2;
  const row = <usize>padded(c) << 2;
  const step = rows_in_sum(c);
  const all = <f64>positions;
  for (let n = begin; n < end; n++) {
    const image = address(x + n * positions * c);
    let from = image;
    const sums = address(moments) + <usize>n * ROWS * row;
    memory.fill(sums, 0, ROWS * row);
    for (let left = positions; left > 0; left -= step) {
      const rows = min(step, left);
      if (WIDE && positions * c > LARGE_SAMPLE) fetch(from, <usize>rows * stride);
      let i: usize = 0;
      if (WIDE) {
        for (; i + SPAN <= row; i += SPAN) add_moments(from + i, stride, rows, image + i, sums + i, row, positions, c - <i32>(i >> 2), true);
      }
      for (; i < row; i += 16) add_moments(from + i, stride, rows, image + i, sums + i, row, positions, c - <i32>(i >> 2), false);
      from += <usize>step * stride;
    }
    if (positions <= step) continue;
    for (let i: usize = 0; i < row; i += 16) {
      const lanes = min(4, c - <i32>(i >> 2));
      const at = sums + i;
      const origin = v128.load(image + i);
      settle_moments(at, row, all, f64x2.promote_low_f32x4(origin));
      settle_moments(at + 2 * row, row, all, promote_high(origin));
      const low = v128.load(at), high = v128.load(at + 2 * row);
      const mean = demote(low, high);
      const squares = demote(v128.load(at + row), v128.load(at + 3 * row));
      const rest = demote(f64x2.sub(low, f64x2.promote_low_f32x4(mean)), f64x2.sub(high, promote_high(mean)));
      v128.store(at, keep_lanes(mean, lanes));
      v128.store(at + row, keep_lanes(f32x4.pmax(squares, zero()), lanes));
      v128.store(at + 2 * row, keep_lanes(rest, lanes));
      v128.store(at + 3 * row, zero());
    }
  }
}

/**
 * Mean and biased variance of each channel over the batch, from the moments of its samples.
 *
 * Axis: channel. Overwrites mean and variance.
 *
 * @param moments [n, 5, padded c], from `batch_norm_moments`
 * @param mean, variance [c]
 */
export function batch_norm_statistics(
  begin: i32, end: i32, moments: i32, mean: i32, variance: i32, n: i32, positions: i32, c: i32,
): void {
  const row = <usize>padded(c) << 2;
  const samples = f32x4.splat(<f32>n), rows = f32x4.splat(<f32>positions);
  for (let i = begin; i < end; i += 4) {
    const lanes = min(4, end - i);
    const from = address(moments + i);
    const origin = v128.load(from);
    const center = f32x4.add(origin, f32x4.div(column_sum(from, ROWS * row, n, origin), samples));
    const within = column_sum(from + row, ROWS * row, n, zero());
    const between = column_squares(from, ROWS * row, n, 2 * row, center);
    store_lanes(address(mean + i), center, lanes);
    // (within + rows between) / (samples rows)
    store_lanes(address(variance + i), f32x4.div(f32x4.add(f32x4.div(within, rows), between), samples), lanes);
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
  const fresh: f32 = 1 - momentum;
  const unbiased: f32 = rows > 1 ? <f32>rows / <f32>(rows - 1) : 1;
  for (let i = begin; i < end; i++) {
    const toMean = address(runningMean + i);
    store<f32>(toMean, load<f32>(toMean) * momentum + load<f32>(address(mean + i)) * fresh);
    const toVariance = address(runningVariance + i);
    const batchVariance = load<f32>(address(variance + i)) * unbiased;
    store<f32>(toVariance, load<f32>(toVariance) * momentum + batchVariance * fresh);
  }
}

/**
 * The normalisation as y = scale x + shift: scale = gamma / sqrt(variance + epsilon), shift = beta - mean scale.
 *
 * Axis: channel. Overwrites scale and shift.
 *
 * @param gamma, beta, mean, variance [c]
 * @param scale, shift [c]
 */
export function batch_norm_fold(
  begin: i32, end: i32, gamma: i32, beta: i32, mean: i32, variance: i32, scale: i32, shift: i32, epsilon: f32,
): void {
  for (let i = begin; i < end; i++) {
    const factor = load<f32>(address(gamma + i)) / sqrt<f32>(load<f32>(address(variance + i)) + epsilon);
    store<f32>(address(scale + i), factor);
    store<f32>(address(shift + i), load<f32>(address(beta + i)) - load<f32>(address(mean + i)) * factor);
  }
}

/**
 * y = min(max(scale x + shift, lower), upper).
 *
 * Axis: sample. Overwrites y; x and y may be the same. Cost: one pass.
 *
 * @param x, y [n, positions, c]
 * @param scale, shift [c], from `batch_norm_fold`
 * @param lower 0 for a ReLU, -Infinity for none
 * @param upper Infinity for none
 */
export function batch_norm_forward(
  begin: i32, end: i32, x: i32, y: i32, scale: i32, shift: i32, positions: i32, c: i32, lower: f32, upper: f32,
): void {
  const floor = f32x4.splat(lower), ceiling = f32x4.splat(upper);
  const stride = <usize>c << 2;
  const row = begin * positions;
  normalize_rows(
    address(x + row * c), address(y + row * c), stride, end * positions - row, address(scale), address(shift), floor, ceiling,
  );
}
