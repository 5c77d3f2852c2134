// Layer normalization (Ba et al., 2016): of rows, each a run of floats that is normalised by itself. Axis: sample. Statistics and
// gradients are sums of parts, which are put together in float64.

import { keep_lanes, store_lanes_inline, sum_lanes } from "./lanes";
import { demote_sums, padded, ROWS, rows_in_sum } from "./norm-tiles";
import { address, madd, zero } from "./simd";
import { add_high, add_low, PART_OF_ROW } from "./sums";

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
  for (let row = (end - begin) * rows; row > 0; row--) {
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
