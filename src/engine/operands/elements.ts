import { all, each, input, inputs, output } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** What activations, sums, dropout and pooling touch. */
export const elementRows = {
  relu_forward: oneInput,
  relu_backward: twoInputs,
  leaky_relu_forward: oneInput,
  leaky_relu_backward: twoInputs,
  sigmoid_forward: oneInput,
  sigmoid_backward: twoInputs,
  tanh_forward: oneInput,
  tanh_backward: twoInputs,
  gelu_forward: oneInput,
  gelu_backward: twoInputs,
  softmax_forward: (x, y, positions, classes) => oneInput(x, y, positions * classes),
  softmax_backward: (y, dy, dx, positions, classes) => twoInputs(y, dy, dx, positions * classes),
  dropout: (x, y, size, _rate, key) => [...oneInput(x, y, size), input(key, all(4))],
  max_pool_forward: (x, y, h, w, c, p, q) => [input(x, each(h * w * c)), output(y, each(p * q * c))],
  max_pool_backward: (x, y, dy, dx, h, w, c, p, q) => [
    input(x, each(h * w * c)),
    ...inputs([y, dy], each(p * q * c)),
    output(dx, each(h * w * c)),
  ],
  average_pool_forward: (x, y, h, w, c, p, q) => [input(x, each(h * w * c)), output(y, each(p * q * c))],
  average_pool_backward: (dy, dx, h, w, c, p, q) => [input(dy, each(p * q * c)), output(dx, each(h * w * c))],
} satisfies Rows;
