import { all, columns, type Extent, each, input, output, scratch } from "./operand.ts";
import { PANEL, packed } from "./panels.ts";
import type { Rows } from "./row.ts";

/** A bias for each of `k` filters, or for each filter at each of the positions. */
function biases(stride: number, positions: number, k: number): Extent {
  return all(stride === 0 ? k : positions * k);
}

/** What the kernels of convolutions touch. */
export const convolutionRows = {
  conv2d_forward: (x, w, panels, bias, biasStride, y, hp, wp, c, p, q, k, r, s, _sh, _sw, _dh, _dw, groups) => {
    const rows = (r * s * c) / groups;
    return [
      input(x, each(hp * wp * c)),
      input(w, all(rows * k)),
      input(panels, all(packed(k, groups) * rows)),
      input(bias, biases(biasStride, p * q, k)),
      output(y, each(p * q * k)),
    ];
  },
  conv2d_backward_data: (dy, w, panels, dx, h, width, c, p, wd, k, r, s, ...rest) => {
    const groups = rest[7];
    const rows = (r * s * k) / groups;
    return [
      input(dy, each(p * wd * k)),
      input(w, all(rows * c)),
      input(panels, all(packed(c, groups) * rows)),
      output(dx, each(h * width * c)),
    ];
  },
  conv2d_backward_weights: (x, dy, dw, n, hp, wp, c, p, q, k) => [
    input(x, all(n * hp * wp * c)),
    input(dy, all(n * p * q * k)),
    output(dw, each(k)),
  ],
  conv2d_narrow_forward: (x, w, bias, y, hp, wp, c, p, q, k, r, s) => [
    input(x, each(hp * wp * c)),
    input(w, all(r * s * c * k)),
    input(bias, all(k)),
    output(y, each(p * q * k)),
  ],
  conv2d_narrow_pool_forward: (x, w, bias, y, places, hp, wp, c, p, q, k, r, s) => {
    const maxima = each((p >> 1) * (q >> 1) * k);
    return [
      input(x, each(hp * wp * c)),
      input(w, all(r * s * c * k)),
      input(bias, all(k)),
      output(y, maxima),
      output(places, maxima),
    ];
  },
  conv2d_narrow_pool_backward_weights: (x, places, dy, dw, n, hp, wp, c, p, q, k, r, s) => {
    const maxima = columns(n * (p >> 1) * (q >> 1), k);
    return [
      input(x, all(n * hp * wp * c)),
      input(places, maxima),
      input(dy, maxima),
      output(dw, columns(r * s * c, k)),
    ];
  },
  depthwise_forward: (x, w, bias, biasStride, y, hp, wp, c, p, q, r, s) => [
    input(x, each(hp * wp * c)),
    input(w, all(r * s * c)),
    input(bias, biases(biasStride, p * q, c)),
    output(y, each(p * q * c)),
  ],
  depthwise_backward_data: (dy, w, dx, h, width, c, p, wd, r, s) => [
    input(dy, each(p * wd * c)),
    input(w, all(r * s * c)),
    output(dx, each(h * width * c)),
  ],
  depthwise_backward_weights: (x, dy, dw, n, hp, wp, c, p, q, r, s) => [
    input(x, columns(n * hp * wp, c)),
    input(dy, columns(n * p * q, c)),
    output(dw, columns(r * s, c)),
  ],
  winograd_filters: (w, panels, rows, _reversed, area) => [
    input(w, each(9 * PANEL * rows)),
    output(panels, each(36 * PANEL * rows)),
    scratch(area),
  ],
  winograd_forward: (x, w, panels, bias, biasStride, y, h, width, c, p, q, k, _top, _left, _lower, area) => [
    input(x, each(h * width * c)),
    input(w, all(9 * c * k)),
    input(panels, all(36 * c * packed(k))),
    input(bias, biases(biasStride, p * q, k)),
    output(y, each(p * q * k)),
    scratch(area),
  ],
  winograd_backward_data: (dy, w, panels, dx, h, width, c, p, q, k, _top, _left, area) => [
    input(dy, each(p * q * k)),
    input(w, all(9 * c * k)),
    input(panels, all(36 * k * packed(c))),
    output(dx, each(h * width * c)),
    scratch(area),
  ],
  winograd_backward_weights: (x, dy, dw, n, h, width, c, p, q, k, _top, _left, area) => [
    input(x, columns(n * h * width, c, 4)),
    input(dy, all(n * p * q * k)),
    output(dw, columns(9, c * k, 4 * k)),
    scratch(area),
  ],
  pack_forward: (w, panels, rows, k) => [input(w, all(rows * k)), output(panels, each(rows * PANEL))],
  pack_backward: (w, panels, r, s, c, k, groups) => {
    const rows = (r * s * k) / groups;
    return [input(w, all(rows * c)), output(panels, each(rows * PANEL))];
  },
  pad2d: (x, y, h, w, c, _top, _left, hp, wp) => [input(x, each(h * w * c)), output(y, each(hp * wp * c))],
} satisfies Rows;
