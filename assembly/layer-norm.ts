// Layer normalization (Ba et al., 2016): of rows, each a run of floats that is normalised by itself. Axis: sample. Statistics and
// gradients are sums of parts, which are put together in float64.

import { keep_lanes, store_lanes_inline, sum_lanes } from "./lanes";
import { demote_sums, padded, ROWS, rows_in_sum } from "./norm-tiles";
import { address, madd, zero } from "./simd";
import { add_high, add_low, demote, PART_OF_ROW, promote_high } from "./sums";

/** Two float64 numbers. */
// @ts-ignore: decorator
@inline
function pair(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** Four numbers of a parameter from a byte of it on; `missing` in each where there is no parameter, whose offset is 0. */
// @ts-ignore: decorator
@inline
function parameter(offset: i32, at: usize, missing: f32): v128 {
  return offset ? v128.load(address(offset) + at) : f32x4.splat(missing);
}

/** The sums of x - center and of its square over a run, in float64; parts of it are summed in float32. */
function row_moments(from: usize, count: i32, center: v128): v128 {
  let sums = f64x2.splat(0);
  while (count > 0) {
    let part = min(count, PART_OF_ROW);
    count -= part;
    let sum = zero(), squares = zero();
    for (; part >= 4; part -= 4) {
      const difference = f32x4.sub(v128.load(from), center);
      sum = f32x4.add(sum, difference);
      squares = madd(difference, difference, squares);
      from += 16;
    }
    if (part > 0) {
      const difference = keep_lanes(f32x4.sub(v128.load(from), center), part);
      sum = f32x4.add(sum, difference);
      squares = madd(difference, difference, squares);
    }
    sums = f64x2.add(sums, pair(sum_lanes(sum), sum_lanes(squares)));
  }
  return sums;
}

/** The sums of dy gamma and of dy gamma (x - center) over a run, in float64. */
function row_gradients(x: usize, dy: usize, gamma: i32, count: i32, center: v128): v128 {
  let sums = f64x2.splat(0);
  let at: usize = 0;
  while (count > 0) {
    let part = min(count, PART_OF_ROW);
    count -= part;
    let sum = zero(), products = zero();
    for (; part >= 4; part -= 4) {
      const dz = f32x4.mul(v128.load(dy + at), parameter(gamma, at, 1));
      sum = f32x4.add(sum, dz);
      products = madd(dz, f32x4.sub(v128.load(x + at), center), products);
      at += 16;
    }
    if (part > 0) {
      const dz = keep_lanes(f32x4.mul(v128.load(dy + at), parameter(gamma, at, 1)), part);
      sum = f32x4.add(sum, dz);
      products = madd(dz, keep_lanes(f32x4.sub(v128.load(x + at), center), part), products);
    }
    sums = f64x2.add(sums, pair(sum_lanes(sum), sum_lanes(products)));
  }
  return sums;
}

/** `sum_lanes` of four vectors, in a lane each. */
// @ts-ignore: decorator
@inline
function sums_of_lanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const pairs0 = f32x4.add(a, i32x4.shuffle(a, a, 2, 3, 0, 1)), pairs1 = f32x4.add(b, i32x4.shuffle(b, b, 2, 3, 0, 1));
  const pairs2 = f32x4.add(c, i32x4.shuffle(c, c, 2, 3, 0, 1)), pairs3 = f32x4.add(d, i32x4.shuffle(d, d, 2, 3, 0, 1));
  const low = i32x4.shuffle(pairs0, pairs1, 0, 4, 1, 5), high = i32x4.shuffle(pairs2, pairs3, 0, 4, 1, 5);
  return f32x4.add(i64x2.shuffle(low, high, 0, 2), i64x2.shuffle(low, high, 1, 3));
}

/** Four sums over `count`, the first two and the others as float64. */
// @ts-ignore: decorator
@inline
function means(sums: v128, count: v128, first: bool): v128 {
  const wide = first ? f64x2.promote_low_f32x4(sums) : promote_high(sums);
  return f64x2.div(f64x2.add(f64x2.splat(0), wide), count);
}

/** 1 / sqrt(variance + epsilon) of two rows, from the means of d^2 and of d, the differences from a guess. */
// @ts-ignore: decorator
@inline
function factors_of(squares: v128, moved: v128, epsilon: f32): v128 {
  const variance = f64x2.max(f64x2.sub(squares, f64x2.mul(moved, moved)), f64x2.splat(0));
  return f64x2.div(f64x2.splat(1), f64x2.sqrt(f64x2.add(variance, f64x2.splat(<f64>epsilon))));
}

/**
 * `layer_norm_forward` of four rows of whole vectors and at most one part, side by side: to the same bits, but no row waits for the sums of
 * the one before. from, to and at are addresses.
 */
function normalize_four(from: usize, to: usize, at: usize, gamma: i32, beta: i32, size: i32, epsilon: f32): void {
  const row = <usize>size << 2;
  const from1 = from + row, from2 = from1 + row, from3 = from2 + row;
  const to1 = to + row, to2 = to1 + row, to3 = to2 + row;
  let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
  for (let i: usize = 0; i < row; i += 16) {
    sum0 = f32x4.add(sum0, v128.load(from + i));
    sum1 = f32x4.add(sum1, v128.load(from1 + i));
    sum2 = f32x4.add(sum2, v128.load(from2 + i));
    sum3 = f32x4.add(sum3, v128.load(from3 + i));
  }
  const count = f64x2.splat(<f64>size);
  let sums = sums_of_lanes(sum0, sum1, sum2, sum3);
  const guess = demote(means(sums, count, true), means(sums, count, false));
  let center0 = i32x4.shuffle(guess, guess, 0, 0, 0, 0), center1 = i32x4.shuffle(guess, guess, 1, 1, 1, 1);
  let center2 = i32x4.shuffle(guess, guess, 2, 2, 2, 2), center3 = i32x4.shuffle(guess, guess, 3, 3, 3, 3);
  sum0 = sum1 = sum2 = sum3 = zero();
  let square0 = zero(), square1 = zero(), square2 = zero(), square3 = zero();
  for (let i: usize = 0; i < row; i += 16) {
    const d0 = f32x4.sub(v128.load(from + i), center0);
    sum0 = f32x4.add(sum0, d0);
    square0 = madd(d0, d0, square0);
    const d1 = f32x4.sub(v128.load(from1 + i), center1);
    sum1 = f32x4.add(sum1, d1);
    square1 = madd(d1, d1, square1);
    const d2 = f32x4.sub(v128.load(from2 + i), center2);
    sum2 = f32x4.add(sum2, d2);
    square2 = madd(d2, d2, square2);
    const d3 = f32x4.sub(v128.load(from3 + i), center3);
    sum3 = f32x4.add(sum3, d3);
    square3 = madd(d3, d3, square3);
  }
  sums = sums_of_lanes(sum0, sum1, sum2, sum3);
  const squares = sums_of_lanes(square0, square1, square2, square3);
  const moved = means(sums, count, true), movedHigh = means(sums, count, false);
  const mean = demote(f64x2.add(f64x2.promote_low_f32x4(guess), moved), f64x2.add(promote_high(guess), movedHigh));
  const factor = demote(
    factors_of(means(squares, count, true), moved, epsilon), factors_of(means(squares, count, false), movedHigh, epsilon),
  );
  v128.store(at, i32x4.shuffle(mean, factor, 0, 4, 1, 5));
  v128.store(at, i32x4.shuffle(mean, factor, 2, 6, 3, 7), 16);
  center0 = i32x4.shuffle(mean, mean, 0, 0, 0, 0); center1 = i32x4.shuffle(mean, mean, 1, 1, 1, 1);
  center2 = i32x4.shuffle(mean, mean, 2, 2, 2, 2); center3 = i32x4.shuffle(mean, mean, 3, 3, 3, 3);
  const factor0 = i32x4.shuffle(factor, factor, 0, 0, 0, 0), factor1 = i32x4.shuffle(factor, factor, 1, 1, 1, 1);
  const factor2 = i32x4.shuffle(factor, factor, 2, 2, 2, 2), factor3 = i32x4.shuffle(factor, factor, 3, 3, 3, 3);
  for (let i: usize = 0; i < row; i += 16) {
    const scale = parameter(gamma, i, 1), shift = parameter(beta, i, 0);
    v128.store(to + i, madd(f32x4.mul(f32x4.sub(v128.load(from + i), center0), factor0), scale, shift));
    v128.store(to1 + i, madd(f32x4.mul(f32x4.sub(v128.load(from1 + i), center1), factor1), scale, shift));
    v128.store(to2 + i, madd(f32x4.mul(f32x4.sub(v128.load(from2 + i), center2), factor2), scale, shift));
    v128.store(to3 + i, madd(f32x4.mul(f32x4.sub(v128.load(from3 + i), center3), factor3), scale, shift));
  }
}

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by mean and biased variance of each row.
 *
 * The variance is summed about a mean that is rounded to float32, and what that lacks is taken off: nothing cancels, whatever the mean.
 * Overwrites y and statistics; x and y may be the same. Cost: three passes over a row.
 *
 * @param x, y [n, rows, size]
 * @param statistics [n, rows, 2]: mean and 1 / sqrt(variance + epsilon)
 * @param gamma, beta [size]; 0: none, as if they were 1 and 0
 */
export function layer_norm_forward(
  begin: i32, end: i32, x: i32, y: i32, statistics: i32, gamma: i32, beta: i32, rows: i32, size: i32, epsilon: f32,
): void {
  const count = <f64>size, rowBytes = <usize>size << 2;
  let from = address(x + begin * rows * size), to = address(y + begin * rows * size);
  let at = address(statistics + 2 * begin * rows);
  let row = (end - begin) * rows;
  if (size <= PART_OF_ROW && (size & 3) == 0) {
    for (; row >= 4; row -= 4) {
      normalize_four(from, to, at, gamma, beta, size, epsilon);
      from += 4 * rowBytes;
      to += 4 * rowBytes;
      at += 32;
    }
  }
  for (; row > 0; row--) {
    const guess = <f32>(f64x2.extract_lane(row_moments(from, size, zero()), 0) / count);
    const moments = row_moments(from, size, f32x4.splat(guess));
    const moved = f64x2.extract_lane(moments, 0) / count;
    const variance = max<f64>(f64x2.extract_lane(moments, 1) / count - moved * moved, 0);
    const mean = <f32>(<f64>guess + moved), factor = <f32>(1 / sqrt<f64>(variance + <f64>epsilon));
    store<f32>(at, mean);
    store<f32>(at, factor, 4);
    const center = f32x4.splat(mean), factors = f32x4.splat(factor);
    for (let i: usize = 0, left = size; left > 0; left -= 4) {
      const scaled = f32x4.mul(f32x4.sub(v128.load(from + i), center), factors);
      store_lanes_inline(to + i, madd(scaled, parameter(gamma, i, 1), parameter(beta, i, 0)), left);
      i += 16;
    }
    from += rowBytes;
    to += rowBytes;
    at += 8;
  }
}

/** The sums of dy and of dy (x - mean) / deviation over a tile of rows; added to those before it, where there are more tiles. */
// @ts-ignore: decorator
@inline
function add_row_gradients(x: usize, dy: usize, at: usize, stride: usize, rows: i32, to: usize, row: usize, more: bool): void {
  let sum = zero(), products = zero();
  for (; rows > 0; rows--) {
    const normal = f32x4.mul(f32x4.sub(v128.load(x), v128.load32_splat(at)), v128.load32_splat(at, 4));
    const gradient = v128.load(dy);
    sum = f32x4.add(sum, gradient);
    products = madd(gradient, normal, products);
    x += stride;
    dy += stride;
    at += 8;
  }
  if (!more) {
    v128.store(to, sum);
    v128.store(to + row, products);
    return;
  }
  v128.store(to, add_low(v128.load(to), sum));
  v128.store(to + row, add_low(v128.load(to + row), products));
  to += 2 * row;
  v128.store(to, add_high(v128.load(to), sum));
  v128.store(to + row, add_high(v128.load(to + row), products));
}

/**
 * Gradient through the statistics of each row: with d = 1 / sqrt(variance + epsilon), g = dy gamma and z = (x - mean) d,
 * dx = d (g - mean of g - z mean of g z). And the sums over a sample's rows of dy and of dy z.
 *
 * Overwrites dx and sums; dy and dx may be the same. Cost: three passes over x and dy.
 *
 * @param x, dy, dx [n, rows, size]; dx 0: not wanted
 * @param statistics [n, rows, 2], from `layer_norm_forward`
 * @param gamma [size]; 0: none
 * @param sums [n, 5, padded size], of a single row [n, 2, padded size]: the two sums, and rows to work with, left zero; 0: not wanted
 */
export function layer_norm_backward(
  begin: i32, end: i32, x: i32, dy: i32, dx: i32, statistics: i32, gamma: i32, sums: i32, rows: i32, size: i32,
): void {
  const stride = <usize>size << 2, row = <usize>padded(size) << 2;
  const step = rows_in_sum(size);
  const more = rows > 1;
  const pitch = more ? ROWS * row : 2 * row;
  for (let n = begin; n < end; n++) {
    let from = address(x + n * rows * size), across = address(dy + n * rows * size), at = address(statistics + 2 * n * rows);
    if (sums) {
      const to = address(sums) + <usize>n * pitch;
      memory.fill(to, 0, pitch);
      for (let first = 0; first < rows; first += step) {
        const tile = min(step, rows - first), skip = <usize>first * stride;
        for (let i: usize = 0; i < row; i += 16) {
          add_row_gradients(from + skip + i, across + skip + i, at + (<usize>first << 3), stride, tile, to + i, row, more);
        }
      }
      demote_sums(to, row, size, more);
    }
    if (!dx) continue;
    let into = address(dx + n * rows * size);
    for (let r = 0; r < rows; r++) {
      const mean = v128.load32_splat(at), factor = load<f32>(at, 4);
      const both = row_gradients(from, across, gamma, size, mean);
      const d = <f64>factor, count = <f64>size;
      const constant = f32x4.splat(<f32>(-d * f64x2.extract_lane(both, 0) / count));
      const slope = f32x4.splat(<f32>(-d * d * d * f64x2.extract_lane(both, 1) / count));
      const factors = f32x4.splat(factor);
      for (let i: usize = 0, left = size; left > 0; left -= 4) {
        const g = f32x4.mul(v128.load(across + i), parameter(gamma, i, 1));
        const rest = madd(f32x4.sub(v128.load(from + i), mean), slope, constant);
        store_lanes_inline(into + i, madd(g, factors, rest), left);
        i += 16;
      }
      from += stride;
      across += stride;
      into += stride;
      at += 8;
    }
  }
}
