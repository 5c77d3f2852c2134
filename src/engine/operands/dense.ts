import { all, columns, each, input, output, scratch, state } from "./operand.ts";
import { packed } from "./panels.ts";
import { hyperNumbers, type Rows } from "./row.ts";

/** Rows of the kernels of dense layers. */
export const denseRows = {
  dense_forward: (x, w, panels, bias, y, inputs, units) => [
    input(each(inputs), x),
    input(all(inputs * units), w),
    input(all(packed(units) * inputs), panels),
    input(all(units), bias),
    output(each(units), y),
  ],
  dense_backward_data: (dy, w, panels, dx, inputs, units) => [
    input(each(units), dy),
    input(all(inputs * units), w),
    input(all(packed(inputs) * units), panels),
    output(each(inputs), dx),
  ],
  dense_backward_weights: (x, dy, dw, n, inputs, units, area) => [
    input(columns(n, inputs), x),
    input(all(n * units), dy),
    output(each(units), dw),
    scratch(area),
  ],
  dense_backward_sgd: (x, dy, w, dx, units, _sparse, hyper) => [
    input(each(1), x),
    input(all(units), dy),
    state(each(units), w),
    output(each(1), dx),
    hyperNumbers(hyper),
  ],
  bias_backward: (dy, db, rows, count) => [input(columns(rows, count), dy), output(each(1), db)],
} satisfies Rows;
