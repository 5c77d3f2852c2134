import { all, biases, columns, each, input, output } from "../operand.ts";
import type { ExtraRows } from "../row.ts";

/** Rows of the kernels of depthwise convolutions. */
export const depthwiseRows = {
  depthwise_forward: (x, w, bias, biasStride, y, h, width, c, p, q, r, s) => [
    input(each(h * width * c), x),
    input(all(r * s * c), w),
    input(biases(biasStride, p * q, c), bias),
    output(each(p * q * c), y),
  ],
  depthwise_backward_data: (dy, w, dx, h, width, c, p, q, r, s) => [
    input(each(p * q * c), dy),
    input(all(r * s * c), w),
    output(each(h * width * c), dx),
  ],
  depthwise_backward_weights: (x, dy, dw, n, hp, wp, c, p, q, r, s) => [
    input(columns(n * hp * wp, c), x),
    input(columns(n * p * q, c), dy),
    output(columns(r * s, c), dw),
  ],
} satisfies ExtraRows;
