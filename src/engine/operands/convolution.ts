import { PANEL, WINOGRAD_GROUP, WINOGRAD_POINTS } from "../kernel-sizes.ts";
import { all, biases, columns, each, input, output, scratch } from "./operand.ts";
import { packed } from "./panels.ts";
import type { Rows } from "./row.ts";

/** Rows of the kernels of convolutions. */
export const convolutionRows = {
  conv2d_forward: (x, w, panels, bias, biasStride, y, hp, wp, c, p, q, k, r, s, _sh, _sw, _dh, _dw, groups) => {
    const rows = (r * s * c) / groups;
    return [
      input(each(hp * wp * c), x),
      input(all(rows * k), w),
      input(all(packed(k, groups) * rows), panels),
      input(biases(biasStride, p * q, k), bias),
      output(each(p * q * k), y),
    ];
  },
  conv2d_backward_data: (dy, w, panels, dx, h, width, c, p, wd, k, r, s, ...rest) => {
    const groups = rest[7];
    const rows = (r * s * k) / groups;
    return [
      input(each(p * wd * k), dy),
      input(all(rows * c), w),
      input(all(packed(c, groups) * rows), panels),
      output(each(h * width * c), dx),
    ];
  },
  conv2d_backward_weights: (x, dy, dw, n, hp, wp, c, p, q, k) => [
    input(all(n * hp * wp * c), x),
    input(all(n * p * q * k), dy),
    output(each(k), dw),
  ],
  conv2d_narrow_forward: (x, w, bias, y, hp, wp, c, p, q, k, r, s) => [
    input(each(hp * wp * c), x),
    input(all(r * s * c * k), w),
    input(all(k), bias),
    output(each(p * q * k), y),
  ],
  conv2d_narrow_pool_forward: (x, w, bias, y, places, hp, wp, c, p, q, k, r, s) => {
    const maxima = each((p >> 1) * (q >> 1) * k);
    return [
      input(each(hp * wp * c), x),
      input(all(r * s * c * k), w),
      input(all(k), bias),
      output(maxima, y),
      output(maxima, places),
    ];
  },
  conv2d_narrow_pool_backward_weights: (x, places, dy, dw, n, hp, wp, c, p, q, k, r, s) => {
    const maxima = columns(n * (p >> 1) * (q >> 1), k);
    return [
      input(all(n * hp * wp * c), x),
      input(maxima, places),
      input(maxima, dy),
      output(columns(r * s * c, k), dw),
    ];
  },
  winograd_filters: (w, panels, rows, _reversed, area) => [
    input(each(9 * PANEL * rows), w),
    output(each(WINOGRAD_POINTS * PANEL * rows), panels),
    scratch(area),
  ],
  winograd_forward: (x, w, panels, bias, biasStride, y, h, width, c, p, q, k, _top, _left, _lower, area) => [
    input(each(h * width * c), x),
    input(all(9 * c * k), w),
    input(all(WINOGRAD_POINTS * c * packed(k)), panels),
    input(biases(biasStride, p * q, k), bias),
    output(each(p * q * k), y),
    scratch(area),
  ],
  winograd_backward_data: (dy, w, panels, dx, h, width, c, p, q, k, _top, _left, area) => [
    input(each(p * q * k), dy),
    input(all(9 * c * k), w),
    input(all(WINOGRAD_POINTS * k * packed(c)), panels),
    output(each(h * width * c), dx),
    scratch(area),
  ],
  winograd_backward_weights: (x, dy, dw, n, h, width, c, p, q, k, _top, _left, area) => [
    input(columns(n * h * width, c, WINOGRAD_GROUP), x),
    input(all(n * p * q * k), dy),
    output(columns(9, c * k, WINOGRAD_GROUP * k), dw),
    scratch(area),
  ],
  pack_forward: (w, panels, rows, k) => [input(all(rows * k), w), output(each(rows * PANEL), panels)],
  pack_backward: (w, panels, r, s, c, k, groups) => {
    const rows = (r * s * k) / groups;
    return [input(all(rows * c), w), output(each(rows * PANEL), panels)];
  },
  pad2d: (x, y, h, w, c, _top, _left, hp, wp) => [input(each(h * w * c), x), output(each(hp * wp * c), y)],
} satisfies Rows;
