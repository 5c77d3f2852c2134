import { outer_gemm, panel_gemm } from "./gemm";
import { address, madd, store_partial, store_up_to_8, zero } from "./simd";

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
      if (units <= 16) vector_narrow_matrix(from, address(w), address(bias), to, inputs, units, lower);
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
    units, lower,
  );
}

/**
 * y = max(x w + bias, lower) for one sample: rows of w are added up, four at a time, so that w is read once and in order.
 */
function vector_matrix(x: usize, w: usize, bias: usize, y: usize, inputs: i32, units: i32, lower: f32): void {
  if (bias) memory.copy(y, bias, <usize>units << 2);
  else memory.fill(y, 0, <usize>units << 2);
  const rowBytes = <usize>units << 2;
  for (let input = 0; input < inputs; input += 4) {
    // Rows past the last one are the last one again, times zero weight in `x`: never read out of bounds.
    const rows = min(inputs - input, 4);
    const w0 = w, w1 = rows > 1 ? w0 + rowBytes : w0, w2 = rows > 2 ? w1 + rowBytes : w0, w3 = rows > 3 ? w2 + rowBytes : w0;
    const x0 = v128.load32_splat(x);
    const x1 = rows > 1 ? v128.load32_splat(x, 4) : zero();
    const x2 = rows > 2 ? v128.load32_splat(x, 8) : zero();
    const x3 = rows > 3 ? v128.load32_splat(x, 12) : zero();
    let unit: usize = 0;
    for (let left = units; left > 0; left -= 8) {
      let low = v128.load(y + unit), high = v128.load(y + unit, 16);
      low = madd(x0, v128.load(w0 + unit), low); high = madd(x0, v128.load(w0 + unit, 16), high);
      low = madd(x1, v128.load(w1 + unit), low); high = madd(x1, v128.load(w1 + unit, 16), high);
      low = madd(x2, v128.load(w2 + unit), low); high = madd(x2, v128.load(w2 + unit, 16), high);
      low = madd(x3, v128.load(w3 + unit), low); high = madd(x3, v128.load(w3 + unit, 16), high);
      store_up_to_8(y + unit, low, high, min(left, 8));
      unit += 32;
    }
    x += 16;
    w += rowBytes << 2;
  }
  for (; units > 0; units--) {
    const value = load<f32>(y);
    store<f32>(y, value < lower ? lower : value);
    y += 4;
  }
}

/** The same for up to 16 units, whose sums stay in registers: those of even and of odd inputs, added at the end. */
function vector_narrow_matrix(x: usize, w: usize, bias: usize, y: usize, inputs: i32, units: i32, lower: f32): void {
  const rowBytes = <usize>units << 2;
  const floor = f32x4.splat(lower);
  for (; units > 0; units -= 8) {
    let even0 = zero(), even1 = zero(), odd0 = zero(), odd1 = zero();
    let from = x, row = w;
    let left = inputs;
    for (; left >= 2; left -= 2) {
      let value = v128.load32_splat(from);
      even0 = madd(value, v128.load(row), even0); even1 = madd(value, v128.load(row, 16), even1);
      row += rowBytes;
      value = v128.load32_splat(from, 4);
      odd0 = madd(value, v128.load(row), odd0); odd1 = madd(value, v128.load(row, 16), odd1);
      row += rowBytes;
      from += 8;
    }
    if (left > 0) {
      const value = v128.load32_splat(from);
      even0 = madd(value, v128.load(row), even0); even1 = madd(value, v128.load(row, 16), even1);
    }
    even0 = f32x4.add(even0, odd0);
    even1 = f32x4.add(even1, odd1);
    if (bias) {
      even0 = f32x4.add(even0, v128.load(bias));
      even1 = f32x4.add(even1, v128.load(bias, 16));
      bias += 32;
    }
    store_up_to_8(y, f32x4.pmax(even0, floor), f32x4.pmax(even1, floor), min(units, 8));
    w += 32;
    y += 32;
  }
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
        address(dy) + (<usize>(n * units) << 2), address(w), address(dx) + (<usize>(n * inputs) << 2), inputs, units,
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
    inputs, -Infinity,
  );
}

/** dx = w dy for one sample: four rows of w at a time, each a dot product. */
function matrix_vector(dy: usize, w: usize, dx: usize, inputs: i32, units: i32): void {
  const rowBytes = <usize>units << 2;
  const whole = units & ~3;
  for (let input = 0; input < inputs; input += 4) {
    // Rows past the last one are the last one again: never read out of bounds.
    const rows = min(inputs - input, 4);
    let w0 = w, w1 = rows > 1 ? w0 + rowBytes : w0, w2 = rows > 2 ? w1 + rowBytes : w0, w3 = rows > 3 ? w2 + rowBytes : w0;
    let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
    let from = dy;
    for (let unit = 0; unit < whole; unit += 4) {
      const value = v128.load(from);
      s0 = madd(value, v128.load(w0), s0); s1 = madd(value, v128.load(w1), s1);
      s2 = madd(value, v128.load(w2), s2); s3 = madd(value, v128.load(w3), s3);
      from += 16; w0 += 16; w1 += 16; w2 += 16; w3 += 16;
    }
    if (whole < units) {
      const valid = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(units - whole));
      const value = v128.and(v128.load(from), valid);
      s0 = madd(value, v128.and(v128.load(w0), valid), s0); s1 = madd(value, v128.and(v128.load(w1), valid), s1);
      s2 = madd(value, v128.and(v128.load(w2), valid), s2); s3 = madd(value, v128.and(v128.load(w3), valid), s3);
    }
    // Lane i of the result is the sum of the lanes of s_i.
    const low = f32x4.add(i32x4.shuffle(s0, s1, 0, 4, 1, 5), i32x4.shuffle(s0, s1, 2, 6, 3, 7));
    const high = f32x4.add(i32x4.shuffle(s2, s3, 0, 4, 1, 5), i32x4.shuffle(s2, s3, 2, 6, 3, 7));
    const sums = f32x4.add(i64x2.shuffle(low, high, 0, 2), i64x2.shuffle(low, high, 1, 3));
    if (rows == 4) v128.store(dx, sums);
    else store_partial(dx, sums, rows);
    dx += 16;
    w += rowBytes << 2;
  }
}

/**
 * dw = x^T dy
 *
 * Axis: weight, over the rows (inputs) of dw. Overwrites its rows. Cost: 2 n x units FLOP per row.
 *
 * @param x [n, inputs]
 * @param dy [n, units]
 * @param dw [inputs, units]
 */
export function dense_backward_weights(
  begin: i32, end: i32, x: i32, dy: i32, dw: i32, n: i32, inputs: i32, units: i32,
): void {
  if (n <= FEW) {
    few_outer(begin, end, address(x), address(dy), address(dw), n, inputs, units);
    return;
  }
  outer_gemm(
    begin, end, inputs, 1, 0, 0,
    address(x), 1, 0, 1, 0, n, <usize>inputs << 2,
    address(dy), <usize>units << 2,
    address(dw), <usize>units << 2, units,
  );
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
 * db[j] = sum over rows of dy[row, j]
 *
 * Axis: weight, over the columns. Overwrites its columns. Rows are positions of all samples for a shared bias, samples
 * for a bias of each position.
 *
 * @param dy [rows, columns]
 * @param db [columns]
 */
export function bias_backward(begin: i32, end: i32, dy: i32, db: i32, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  const rest = (end - begin) & 3;
  // Blocks keep the error of long sums small, and their rows in the cache while all columns pass over them.
  for (let row = 0; row < rows; row += 64) {
    const count = min(rows - row, 64);
    for (let column = begin; column < end; column += 4) {
      let from = address(dy + row * columns + column);
      let sum0 = zero(), sum1 = zero(), sum2 = zero(), sum3 = zero();
      let left = count;
      for (; left >= 4; left -= 4) {
        sum0 = f32x4.add(sum0, v128.load(from));
        sum1 = f32x4.add(sum1, v128.load(from + stride));
        sum2 = f32x4.add(sum2, v128.load(from + 2 * stride));
        sum3 = f32x4.add(sum3, v128.load(from + 3 * stride));
        from += 4 * stride;
      }
      for (; left > 0; left--) {
        sum0 = f32x4.add(sum0, v128.load(from));
        from += stride;
      }
      sum0 = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
      const to = address(db + column);
      if (row > 0) sum0 = f32x4.add(sum0, v128.load(to));
      if (end - column >= 4) v128.store(to, sum0);
      else store_partial(to, sum0, rest);
    }
  }
}
