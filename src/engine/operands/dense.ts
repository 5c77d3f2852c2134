import { all, columns, each, input, output, scratch, state } from "./operand.ts";
import { packed } from "./panels.ts";
import { hyperNumbers, type Rows } from "./row.ts";

/** What the kernels of dense layers touch. */
export const denseRows = {
  dense_forward: (x, w, panels, bias, y, inputs, units) => [
    input(x, each(inputs)),
    input(w, all(inputs * units)),
    input(panels, all(packed(units) * inputs)),
    input(bias, all(units)),
    output(y, each(units)),
  ],
  dense_backward_data: (dy, w, panels, dx, inputs, units) => [
    input(dy, each(units)),
    input(w, all(inputs * units)),
    input(panels, all(packed(inputs) * units)),
    output(dx, each(inputs)),
  ],
  dense_backward_weights: (x, dy, dw, n, inputs, units, area) => [
    input(x, columns(n, inputs)),
    input(dy, all(n * units)),
    output(dw, each(units)),
    scratch(area),
  ],
  dense_backward_sgd: (x, dy, w, dx, units, _sparse, hyper) => [
    input(x, each(1)),
    input(dy, all(units)),
    state(w, each(units)),
    output(dx, each(1)),
    hyperNumbers(hyper),
  ],
  bias_backward: (dy, db, rows, count) => [input(dy, columns(rows, count)), output(db, each(1))],
} satisfies Rows;
