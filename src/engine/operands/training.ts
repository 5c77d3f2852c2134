import { NORM_BLOCK, TRANSFORM_FLOATS } from "../kernel-sizes.ts";
import { all, columns, each, input, output, state } from "./operand.ts";
import { classLoss, hyperNumbers, oneInput, type Rows, softLoss, valueLoss } from "./row.ts";

/** Rows of the kernels around a network: input, losses, optimizers. */
export const trainingRows = {
  // Bytes lie four to a float.
  normalize_bytes: (x, y, size, c, scale, shift) => [
    input(each(size / 4), x),
    output(each(size), y),
    input(all(c), scale, shift),
  ],
  normalize_floats: (x, y, size, c, scale, shift) => [...oneInput(x, y, size), input(all(c), scale, shift)],
  augment: (x, y, h, w, c, transforms, fill) => [
    ...oneInput(x, y, h * w * c),
    input(each(TRANSFORM_FLOATS), transforms),
    input(all(c), fill),
  ],
  softmax_cross_entropy: classLoss,
  softmax_cross_entropy_soft: softLoss,
  sigmoid_binary_cross_entropy: valueLoss,
  mean_squared_error: valueLoss,
  sgd_update: (w, g, hyper) => [state(each(1), w), input(each(1), g), hyperNumbers(hyper)],
  momentum_update: (w, g, velocity, hyper) => [
    state(each(1), w),
    input(each(1), g),
    state(each(1), velocity),
    hyperNumbers(hyper),
  ],
  rmsprop_update: (w, g, square, velocity, hyper) => [
    state(each(1), w),
    input(each(1), g),
    state(each(1), square, velocity),
    hyperNumbers(hyper),
  ],
  adam_update: (w, g, m, v, hyper) => [state(each(1), w), input(each(1), g), state(each(1), m, v), hyperNumbers(hyper)],
  gradient_norm: (g, partials, count) => [input(columns(1, count, NORM_BLOCK), g), output(each(1), partials)],
  gradient_clip: (partials, blocks, hyper) => [input(all(blocks), partials), state(all(4), hyper)],
} satisfies Rows;
