import { SUM_ROWS } from "../kernel-sizes.ts";
import { padded } from "../padded.ts";
import { all, columns, each, input, output, state } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** Rows of the kernels of batch normalisation. */
export const normRows = {
  batch_norm_moments: (x, moments, positions, c) => [
    input(each(positions * c), x),
    output(each(SUM_ROWS * padded(c)), moments),
  ],
  batch_norm_statistics: (moments, mean, variance, n, _positions, c) => [
    input(columns(SUM_ROWS * n, padded(c)), moments),
    output(each(1), mean, variance),
  ],
  batch_norm_running: (mean, variance, runningMean, runningVariance) => [
    input(each(1), mean, variance),
    state(each(1), runningMean, runningVariance),
  ],
  batch_norm_fold: (gamma, beta, mean, variance, scale, shift) => [
    input(each(1), gamma, beta, mean, variance),
    output(each(1), scale, shift),
  ],
  batch_norm_forward: (x, y, scale, shift, positions, c) => [
    ...oneInput(x, y, positions * c),
    input(all(c), scale, shift),
  ],
  batch_norm_backward_sums: (x, dy, mean, scale, shift, sums, positions, c) => [
    input(each(positions * c), x, dy),
    input(all(c), mean, scale, shift),
    output(each(SUM_ROWS * padded(c)), sums),
  ],
  batch_norm_backward_parameters: (sums, mean, variance, scale, dgamma, dbeta, factors, _epsilon, n, c) => [
    input(columns(SUM_ROWS * n, padded(c)), sums),
    input(each(1), mean, variance, scale),
    output(each(1), dgamma, dbeta),
    output(columns(2, c), factors),
  ],
  batch_norm_backward_data: (x, dy, dx, scale, shift, factors, positions, c) => [
    ...twoInputs(x, dy, dx, positions * c),
    input(all(c), scale, shift),
    input(all(2 * c), factors),
  ],
} satisfies Rows;
