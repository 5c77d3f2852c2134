import { SUM_ROWS } from "../../kernel-sizes.ts";
import { padded } from "../../padded.ts";
import { all, columns, each, input, output } from "../operand.ts";
import type { ExtraRows } from "../row.ts";

/** Rows of the kernels of layer normalisation, and of the gradients of its parameters. */
export const layerNormRows = {
  layer_norm_forward: (x, y, statistics, gamma, beta, rows, size) => [
    input(each(rows * size), x),
    output(each(rows * size), y),
    output(each(2 * rows), statistics),
    input(all(size), gamma, beta),
  ],
  layer_norm_backward: (x, dy, dx, statistics, gamma, sums, rows, size) => [
    input(each(rows * size), x, dy),
    output(each(rows * size), dx),
    input(each(2 * rows), statistics),
    input(all(size), gamma),
    output(each((rows > 1 ? SUM_ROWS : 2) * padded(size)), sums),
  ],
  sample_norm_parameters: (sums, dgamma, dbeta, n, c, pitch) => [
    input(columns((n * pitch) / padded(c), padded(c)), sums),
    output(each(1), dgamma, dbeta),
  ],
} satisfies ExtraRows;

/** Rows of the kernels of group normalisation. */
export const groupNormRows = {
  group_norm_forward: (x, y, moments, folded, gamma, beta, positions, c) => [
    input(each(positions * c), x),
    output(each(positions * c), y),
    input(each(SUM_ROWS * padded(c)), moments),
    output(each(4 * c), folded),
    input(all(c), gamma, beta),
  ],
  group_norm_backward: (x, dy, dx, folded, gamma, sums, positions, c) => [
    input(each(positions * c), x, dy),
    output(each(positions * c), dx),
    input(each(4 * c), folded),
    input(all(c), gamma),
    output(each(SUM_ROWS * padded(c)), sums),
  ],
  sample_norm_parameters: layerNormRows.sample_norm_parameters,
} satisfies ExtraRows;
