import { all, columns, each, input, output } from "../operand.ts";
import { type ExtraRows, oneInput, twoInputs } from "../row.ts";

/** Rows of the kernels of the parametric ReLU. */
export const preluRows = {
  prelu_forward: (x, y, alpha, rows, size) => [...oneInput(x, y, rows * size), input(all(size), alpha)],
  prelu_backward: (x, dy, dx, alpha, sums, rows, size) => [
    ...twoInputs(x, dy, dx, rows * size),
    input(all(size), alpha),
    output(each(size), sums),
  ],
  prelu_parameters: (sums, dalpha, n, size) => [input(columns(n, size), sums), output(each(1), dalpha)],
} satisfies ExtraRows;
