import { DENSE_COPY_ROWS as ROWS, DENSE_COPY_SAMPLES as SAMPLES } from "../src/engine/kernel-sizes";
import { matrix_vector, vector_matrix, vector_narrow_matrix } from "./dense-single";
import { panel_gemm } from "./gemm";
import { store_lanes } from "./lanes";
import { address, madd, store_partial, zero } from "./simd";
import { add_high, add_low, demote } from "./sums";
import { OUTER_COLUMNS, outer_tile } from "./tile";

/**
 * y = max(x w + bias, lower)
 *
 * Axis: sample. Overwrites y. Cost: 2 inputs x units FLOP per sample.
 *
 * @param x [n, inputs]
 * @param w [inputs, units]; read where there are no panels, and by the plain-JavaScript twin
 * @param panels w as `pack_forward` leaves it; 0: w is read as it is, which pays for a few samples, where packing costs
 *   more than the product
 * @param bias [units], or 0 for none
 * @param y [n, units]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function dense_forward(
  begin: i32, end: i32, x: i32, w: i32, panels: i32, bias: i32, y: i32, inputs: i32, units: i32, lower: f32,
): void {
  const xSample = <usize>inputs << 2;
  const ySample = <usize>units << 2;
  if (panels == 0) {
    for (let n = begin; n < end; n++) {
      const from = address(x) + <usize>n * xSample, to = address(y) + <usize>n * ySample;
      if (units <= 12) vector_narrow_matrix(from, address(w), address(bias), to, inputs, units, lower);
      else vector_matrix(from, address(w), address(bias), to, inputs, units, lower);
    }
    return;
  }
  panel_gemm(
    begin, end, 1, 1,
    address(x), xSample, 0, 0,
    1, 0, 1, 0, inputs,
    address(panels), <usize>inputs << 5,
    address(bias), 0, 0,
    address(y), ySample, 0, 0,
    units, lower, Infinity,
  );
}

/**
 * dx = dy w^T
 *
 * Axis: sample. Overwrites dx. Cost: 2 inputs x units FLOP per sample.
 *
 * @param dy [n, units]
 * @param w [inputs, units]; read where there are no panels, and by the plain-JavaScript twin
 * @param panels w as `pack_backward` leaves it for a 1 x 1 filter; 0: w is read as it is
 * @param dx [n, inputs]
 */
export function dense_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, panels: i32, dx: i32, inputs: i32, units: i32,
): void {
  if (panels == 0) {
    for (let n = begin; n < end; n++) {
      matrix_vector(
        0, address(dy) + (<usize>(n * units) << 2), address(w), address(dx) + (<usize>(n * inputs) << 2), inputs, units,
        0, false, zero(),
      );
    }
    return;
  }
  panel_gemm(
    begin, end, 1, 1,
    address(dy), <usize>units << 2, 0, 0,
    1, 0, 1, 0, units,
    address(panels), <usize>units << 5,
    0, 0, 0,
    address(dx), <usize>inputs << 2, 0, 0,
    inputs, -Infinity, Infinity,
  );
}

/**
 * dw = x^T dy
 *
 * Axis: weight, over the rows (inputs) of dw. Overwrites its rows. Cost: 2 n x units FLOP per row.
 *
 * @param x [n, inputs]
 * @param dy [n, units]
 * @param dw [inputs, units]
 * @param scratch 128 * (48 + 16) floats of the thread's own, into which 48 inputs and a panel of dy at a time are copied
 *   side by side, for samples that lie so far apart in memory that they share a few sets of the cache; 0: read in place
 */
export function dense_backward_weights(
  begin: i32, end: i32, x: i32, dy: i32, dw: i32, n: i32, inputs: i32, units: i32, scratch: i32,
): void {
  if (n <= FEW) {
    few_outer(begin, end, address(x), address(dy), address(dw), n, inputs, units);
    return;
  }
  const inputBytes = <usize>inputs << 2, unitBytes = <usize>units << 2;
  // ROWS inputs and SAMPLES samples are done together: their x and a tile's dy fit the L1 cache.
  const xCopy = address(scratch), dyCopy = address(scratch + SAMPLES * ROWS);
  const xStride = scratch ? <usize>ROWS << 2 : inputBytes, dyStride = scratch ? <usize>OUTER_COLUMNS << 2 : unitBytes;
  for (let sample = 0; sample < n; sample += SAMPLES) {
    const samples = min(SAMPLES, n - sample);
    const first = sample == 0;
    for (let row = begin; row < end; row += ROWS) {
      const rows = min(ROWS, end - row);
      let xPart = address(x + sample * inputs + row);
      if (scratch) {
        copy_rows(xCopy, xPart, samples, inputBytes, xStride, rows);
        xPart = xCopy;
      }
      for (let column = 0; column < units; column += OUTER_COLUMNS) {
        const columns = min(OUTER_COLUMNS, units - column);
        const to = address(dw + row * units + column);
        let dyPart = address(dy + sample * units + column);
        if (scratch) {
          copy_rows(dyCopy, dyPart, samples, unitBytes, dyStride, columns);
          dyPart = dyCopy;
        }
        outer_tile(rows, xPart, 1, 0, 1, 0, samples, xStride, dyPart, dyStride, to, unitBytes, columns, first);
      }
    }
  }
}

/** Copies `rows` rows of `count` floats, and up to seven more. */
function copy_rows(to: usize, from: usize, rows: i32, fromStride: usize, toStride: usize, count: i32): void {
  for (; count > 0; count -= 8) {
    let source = from, target = to;
    for (let row = 0; row < rows; row++) {
      const low = v128.load(source), high = v128.load(source, 16);
      v128.store(target, low);
      v128.store(target, high, 16);
      source += fromStride;
      target += toStride;
    }
    from += 32;
    to += 32;
  }
}

/** Samples up to which a weight gradient is written in order rather than in tiles. */
const FEW: i32 = 4;

/** dw = x^T dy for a few samples: row by row, each in the cache while the samples are added up. */
function few_outer(begin: i32, end: i32, x: usize, dy: usize, dw: usize, n: i32, inputs: i32, units: i32): void {
  const rowBytes = <usize>units << 2;
  const whole = rowBytes & ~15;
  const rest = units & 3;
  let to = dw + <usize>begin * rowBytes;
  for (let row = begin; row < end; row++) {
    let value = v128.load32_splat(x + (<usize>row << 2));
    for (let at: usize = 0; at < whole; at += 16) v128.store(to + at, f32x4.mul(value, v128.load(dy + at)));
    if (rest > 0) store_partial(to + whole, f32x4.mul(value, v128.load(dy + whole)), rest);
    for (let sample = 1; sample < n; sample++) {
      value = v128.load32_splat(x + (<usize>(sample * inputs + row) << 2));
      const gradient = dy + <usize>sample * rowBytes;
      for (let at: usize = 0; at < whole; at += 16) {
        v128.store(to + at, madd(value, v128.load(gradient + at), v128.load(to + at)));
      }
      if (rest > 0) {
        store_partial(to + whole, madd(value, v128.load(gradient + whole), v128.load(to + whole)), rest);
      }
    }
    to += rowBytes;
  }
}

/**
 * dx = dy w^T and, with the same w, w -= learning rate * x^T dy: the work of `dense_backward_data`,
 * `dense_backward_weights` and `sgd_update` without decay for one sample, to the same bits, in one pass over w. No
 * gradient is written.
 *
 * Axis: parameter, over the rows (inputs) of w. Cost: 4 units FLOP per row.
 *
 * @param x [inputs]
 * @param dy [units]
 * @param w [inputs, units], read and written
 * @param dx [inputs], overwritten; 0: not wanted
 * @param sparse 1: nobody asks for dx where x is zero, so that rows of zero inputs are left out, and dx is zero there
 * @param hyper see optimizer.ts
 */
export function dense_backward_sgd(
  begin: i32, end: i32, x: i32, dy: i32, w: i32, dx: i32, units: i32, sparse: i32, hyper: i32,
): void {
  const rate = v128.load32_splat(address(hyper));
  const at = address(w) + (<usize>begin * <usize>units << 2);
  const to = dx ? address(dx + begin) : 0;
  matrix_vector(address(x + begin), address(dy), at, to, end - begin, units, sparse, true, rate);
}

/**
 * db[j] = sum over rows of dy[row, j]
 *
 * Axis: weight, over the columns. Overwrites its columns. Rows are positions of all samples for a shared bias, samples
 * for a bias of each position.
 *
 * @param dy [rows, columns]
 * @param db [columns]
 */
export function bias_backward(begin: i32, end: i32, dy: i32, db: i32, rows: i32, columns: i32): void {
  if (rows > MANY_ROWS) {
    long_bias(begin, end, dy, db, rows, columns);
    return;
  }
  const stride = <usize>columns << 2;
  // Blocks keep the error of long sums small, and their rows in the cache while all columns pass over them.
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const count = min(rows - row, BLOCK_ROWS);
    for (let column = begin; column < end; column += 4) {
      let sum = column_sum(address(dy + row * columns + column), stride, count);
      const to = address(db + column);
      if (row > 0) sum = f32x4.add(sum, v128.load(to));
      store_lanes(to, sum, end - column);
    }
  }
}

/** Rows of a block, and rows beyond which blocks are added in float64. */
const BLOCK_ROWS: i32 = 64;
const MANY_ROWS: i32 = 4096;

/** The sum of a block of rows of four columns. */
function column_sum(from: usize, stride: usize, rows: i32): v128 {
  let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
  for (; rows >= 4; rows -= 4) {
    sum0 = f32x4.add(sum0, v128.load(from));
    sum1 = f32x4.add(sum1, v128.load(from + stride));
    sum2 = f32x4.add(sum2, v128.load(from + 2 * stride));
    sum3 = f32x4.add(sum3, v128.load(from + 3 * stride));
    from += 4 * stride;
  }
  for (; rows > 0; rows--) {
    sum0 = f32x4.add(sum0, v128.load(from));
    from += stride;
  }
  return f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
}

/** `bias_backward` for many rows: sixteen columns, a line of the cache, at a time, whose sums are float64. */
function long_bias(begin: i32, end: i32, dy: i32, db: i32, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let column = begin; column < end; column += 16) {
    const lanes = end - column;
    let low0 = f64x2.splat(0), high0 = low0, low1 = low0, high1 = low0;
    let low2 = low0, high2 = low0, low3 = low0, high3 = low0;
    let from = address(dy + column);
    for (let left = rows; left > 0; left -= BLOCK_ROWS) {
      const count = min(left, BLOCK_ROWS);
      let sum = column_sum(from, stride, count);
      low0 = add_low(low0, sum); high0 = add_high(high0, sum);
      if (lanes > 4) {
        sum = column_sum(from + 16, stride, count);
        low1 = add_low(low1, sum); high1 = add_high(high1, sum);
      }
      if (lanes > 8) {
        sum = column_sum(from + 32, stride, count);
        low2 = add_low(low2, sum); high2 = add_high(high2, sum);
      }
      if (lanes > 12) {
        sum = column_sum(from + 48, stride, count);
        low3 = add_low(low3, sum); high3 = add_high(high3, sum);
      }
      from += BLOCK_ROWS * stride;
    }
    const to = address(db + column);
    store_lanes(to, demote(low0, high0), lanes);
    if (lanes > 4) store_lanes(to + 16, demote(low1, high1), lanes - 4);
    if (lanes > 8) store_lanes(to + 32, demote(low2, high2), lanes - 8);
    if (lanes > 12) store_lanes(to + 48, demote(low3, high3), lanes - 12);
  }
}
