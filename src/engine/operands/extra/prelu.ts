import { all, columns, each, input, output } from "../operand.ts";
import { type ExtraRows, oneInput, twoInputs } from "../row.ts";

/** Rows of the kernels of the parametric ReLU. */
export const preluRows = {
  prelu_forward: (x, y, alpha, outer, rows, size, run) => [
    ...oneInput(x, y, outer * rows * size * run),
    input(all(outer * size), alpha),
  ],
  prelu_backward: (x, dy, dx, alpha, sums, outer, rows, size, run) => [
    ...twoInputs(x, dy, dx, outer * rows * size * run),
    input(all(outer * size), alpha),
    output(each(outer * size), sums),
  ],
  prelu_parameters: (sums, dalpha, n, size) => [input(columns(n, size), sums), output(each(1), dalpha)],
} satisfies ExtraRows;
