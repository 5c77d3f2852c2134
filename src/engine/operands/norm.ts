import { all, columns, each, input, inputs, output, outputs, states } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** Floats in a row of a sample's sums: c in whole vectors. */
function padded(c: number): number {
  return Math.ceil(c / 4) * 4;
}

/** Rows of a sample's sums. */
const ROWS = 5;

/** What the kernels of batch normalisation touch. */
export const normRows = {
  batch_norm_moments: (x, moments, positions, c) => [
    input(x, each(positions * c)),
    output(moments, each(ROWS * padded(c))),
  ],
  batch_norm_statistics: (moments, mean, variance, n, _positions, c) => [
    input(moments, columns(ROWS * n, padded(c))),
    ...outputs([mean, variance], each(1)),
  ],
  batch_norm_running: (mean, variance, runningMean, runningVariance) => [
    ...inputs([mean, variance], each(1)),
    ...states([runningMean, runningVariance], each(1)),
  ],
  batch_norm_fold: (gamma, beta, mean, variance, scale, shift) => [
    ...inputs([gamma, beta, mean, variance], each(1)),
    ...outputs([scale, shift], each(1)),
  ],
  batch_norm_forward: (x, y, scale, shift, positions, c) => [
    ...oneInput(x, y, positions * c),
    ...inputs([scale, shift], all(c)),
  ],
  batch_norm_backward_sums: (x, dy, mean, scale, shift, sums, positions, c) => [
    ...inputs([x, dy], each(positions * c)),
    ...inputs([mean, scale, shift], all(c)),
    output(sums, each(ROWS * padded(c))),
  ],
  batch_norm_backward_parameters: (sums, mean, variance, scale, dgamma, dbeta, factors, _epsilon, n, c) => [
    input(sums, columns(ROWS * n, padded(c))),
    ...inputs([mean, variance, scale], each(1)),
    ...outputs([dgamma, dbeta], each(1)),
    output(factors, columns(2, c)),
  ],
  batch_norm_backward_data: (x, dy, dx, scale, shift, factors, positions, c) => [
    ...twoInputs(x, dy, dx, positions * c),
    ...inputs([scale, shift], all(c)),
    input(factors, all(2 * c)),
  ],
} satisfies Rows;
