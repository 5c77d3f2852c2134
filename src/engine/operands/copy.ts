import { all, each, input, output, state } from "./operand.ts";
import { oneInput, type Rows } from "./row.ts";

/** Rows of the kernels that copy in another order, add numbers, or pool to a given size. */
export const copyRows = {
  copy_boxes: (x, y, _rows, _columns, _depth, _xFirst, _xRow, _xColumn, xSize, _yFirst, _yRow, _yColumn, ySize) => [
    input(each(xSize), x),
    output(each(ySize), y),
  ],
  transpose: (x, y, count, rows, columns) => oneInput(x, y, count * rows * columns),
  rescale: oneInput,
  add_bias: (y, bias, positions, channels) => [state(each(positions * channels), y), input(all(channels), bias)],
  adaptive_average_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  adaptive_average_pool_backward: (dy, dx, h, w, c, p, q) => [input(each(p * q * c), dy), output(each(h * w * c), dx)],
} satisfies Rows;
