import { outer_gemm, panel_gemm } from "./gemm";
import { address, zero, store_partial } from "./simd";

/**
 * y = max(x w + bias, lower)
 *
 * Axis: sample. Overwrites y. Cost: 2 inputs x units FLOP per sample.
 *
 * @param x [n, inputs]
 * @param w [inputs, units]; read by the plain-JavaScript twin only
 * @param panels w as `pack_forward` leaves it
 * @param bias [units], or 0 for none
 * @param y [n, units]
 * @param lower 0 for a ReLU, -Infinity for none
 */
export function dense_forward(
  begin: i32, end: i32, x: i32, w: i32, panels: i32, bias: i32, y: i32, inputs: i32, units: i32, lower: f32,
): void {
  const xSample = <usize>inputs << 2;
  const ySample = <usize>units << 2;
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
 * dx = dy w^T
 *
 * Axis: sample. Overwrites dx. Cost: 2 inputs x units FLOP per sample.
 *
 * @param dy [n, units]
 * @param w [inputs, units]; read by the plain-JavaScript twin only
 * @param panels w as `pack_backward` leaves it for a 1 x 1 filter
 * @param dx [n, inputs]
 */
export function dense_backward_data(
  begin: i32, end: i32, dy: i32, w: i32, panels: i32, dx: i32, inputs: i32, units: i32,
): void {
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
  outer_gemm(
    begin, end, inputs, 1, 0, 0,
    address(x), 1, 0, 1, 0, n, <usize>inputs << 2,
    address(dy), <usize>units << 2,
    address(dw), <usize>units << 2, units,
  );
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
  for (let column = begin; column < end; column += 4) {
    let from = address(dy) + (<usize>column << 2);
    let sum = zero();
    let row = 0;
    // Blocks keep the error of long sums small.
    while (row < rows) {
      const blockEnd = min(row + 64, rows);
      let block = zero();
      for (; row < blockEnd; row++) {
        block = f32x4.add(block, v128.load(from));
        from += stride;
      }
      sum = f32x4.add(sum, block);
    }
    const to = address(db) + (<usize>column << 2);
    if (end - column >= 4) v128.store(to, sum);
    else store_partial(to, sum, end - column);
  }
}
