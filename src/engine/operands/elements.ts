import { all, each, input, output } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** Rows of activations, dropout and max pooling. */
export const elementRows = {
  relu_forward: oneInput,
  relu_backward: twoInputs,
  sigmoid_forward: oneInput,
  sigmoid_backward: twoInputs,
  softmax_forward: (x, y, positions, classes) => oneInput(x, y, positions * classes),
  softmax_backward: (y, dy, dx, positions, classes) => twoInputs(y, dy, dx, positions * classes),
  dropout: (x, y, size, _rate, key) => [...oneInput(x, y, size), input(all(4), key)],
  max_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  max_pool_backward: (x, y, dy, dx, h, w, c, p, q) => [
    input(each(h * w * c), x),
    input(each(p * q * c), y, dy),
    output(each(h * w * c), dx),
  ],
} satisfies Rows;
