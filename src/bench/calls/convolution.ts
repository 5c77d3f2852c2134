import { packKernels } from "../../engine/reference/pack.ts";
import type { ConvolutionGeometry } from "../../layers/geometry.ts";
import { type ConvolutionCase, geometryOf } from "../convolution-cases.ts";
import { EXACT, input, type KernelCall, normal, output, sumOf, type Tensor } from "./call.ts";
import { padCallOf } from "./pad.ts";
import { multiplying, type WorkRows, work } from "./work-rows.ts";

/** The arrays of a convolution: x [n, h, w, c], w [r, s, c / groups, k], bias [k] or [p, q, k] or empty, dy [n, p, q, k]. */
export interface ConvolutionData {
  readonly x: Float64Array;
  readonly w: Float64Array;
  readonly bias: Float64Array;
  readonly dy: Float64Array;
}

/** Random data for a case. */
export function convolutionData(shape: ConvolutionCase): ConvolutionData {
  const { n, h, w, c, k, r, s, groups, bias, name } = shape;
  const { p, q } = geometryOf(shape);
  const biases = { none: 0, shared: k, untied: p * q * k };
  return {
    x: normal(`${name} x`, n * h * w * c),
    w: normal(`${name} w`, (r * s * c * k) / groups),
    bias: normal(`${name} bias`, biases[bias]),
    dy: normal(`${name} dy`, n * p * q * k),
  };
}

/** Images [n, h, w, c] inside zeros [n, hp, wp, c]. */
export function padded(
  images: Float64Array,
  [n, h, w, c]: readonly [number, number, number, number],
  [top, left]: readonly [number, number],
  [hp, wp]: readonly [number, number],
): Float64Array {
  const result = new Float64Array(n * hp * wp * c);
  images.forEach((value, index) => {
    const channel = index % c;
    const j = Math.floor(index / c) % w;
    const i = Math.floor(index / (c * w)) % h;
    const sample = Math.floor(index / (c * w * h));
    result[((sample * hp + top + i) * wp + left + j) * c + channel] = value;
  });
  return result;
}

/** Panels of `count` numbers as a reference packing kernel makes them: `pack` gets the offsets of w and panels. */
export function packed(
  w: Float64Array,
  count: number,
  pack: (kernels: ReturnType<typeof packKernels>, w: number, panels: number) => void,
): Float64Array {
  const heap = new Float64Array(w.length + count);
  heap.set(w);
  pack(packKernels(heap), 0, w.length);
  return heap.slice(w.length);
}

/** Panels of `pack_forward`: w [rows, k]. */
export function forwardPanels(w: Float64Array, rows: number, k: number, groups: number): Float64Array {
  const panels = groups * Math.ceil(k / groups / 8);
  return packed(w, panels * rows * 8, (kernels, from, to) =>
    kernels.pack_forward(0, panels, from, to, rows, k, groups),
  );
}

function backwardPanels(shape: ConvolutionCase, w: Float64Array): Float64Array {
  const { c, k, r, s, strideH, strideW, dilationH, dilationW, groups } = shape;
  const panels = groups * Math.ceil(c / groups / 8);
  return packed(w, panels * r * s * (k / groups) * 8, (kernels, from, to) =>
    kernels.pack_backward(0, panels, from, to, r, s, c, k, groups, strideH, strideW, dilationH, dilationW),
  );
}

const NO_CLAMP = Number.NEGATIVE_INFINITY;

function strides({ strideH, strideW, dilationH, dilationW }: ConvolutionGeometry): number[] {
  return [strideH, strideW, dilationH, dilationW];
}

function operations({ n, c, k, r, s, groups }: ConvolutionCase, { p, q }: ConvolutionGeometry): number {
  return (2 * n * p * q * k * r * s * c) / groups;
}

/** The call that computes y from x; `lower` 0 is a fused ReLU, which `upper` may bound. */
export function convolutionForward(
  shape: ConvolutionCase,
  data: ConvolutionData,
  lower = NO_CLAMP,
  upper = Number.POSITIVE_INFINITY,
): KernelCall {
  const geometry = geometryOf(shape);
  const { n, h, w, c, k, r, s, groups } = shape;
  const { p, q, hp, wp, padTop, padLeft } = geometry;
  const depthwise = shape.depthwise === true;
  const x = depthwise ? data.x : padded(data.x, [n, h, w, c], [padTop, padLeft], [hp, wp]);
  const bias = shape.bias === "none" ? 0 : input("bias", data.bias);
  const biasStride = shape.bias === "untied" ? k : 0;
  const rows = (r * s * c) / groups;
  const filters: Tensor[] = [input("w", data.w)];
  if (!depthwise) filters.push(input("panels", forwardPanels(data.w, rows, k, groups)));
  return {
    kernel: depthwise ? "depthwise_forward" : "conv2d_forward",
    label: `${shape.name}${lower === 0 ? ", ReLU" : ""}${upper < Number.POSITIVE_INFINITY ? ` to ${upper}` : ""}`,
    extent: n,
    args: [
      ...[input("x", x), ...filters, bias, biasStride, output("y", n * p * q * k)],
      ...(depthwise ? [h, w, c, p, q, r, s] : [hp, wp, c, p, q, k, r, s]),
      ...[...strides(geometry), ...(depthwise ? [padTop, padLeft] : [groups]), lower, upper],
    ],
    bound: {
      kind: "sum",
      length: rows + 1,
      ...(upper < Number.POSITIVE_INFINITY && { of: convolutionForward(shape, data, lower) }),
    },
    operations: operations(shape, geometry),
  };
}

/** The call that computes dx from dy. */
export function convolutionBackwardData(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const geometry = geometryOf(shape);
  const { n, h, w, c, k, r, s, groups } = shape;
  const { p, q, wd, haloLeft, padTop, padLeft } = geometry;
  const depthwise = shape.depthwise === true;
  const dy = depthwise ? data.dy : padded(data.dy, [n, p, q, k], [0, haloLeft], [p, wd]);
  const filters: Tensor[] = [input("w", data.w)];
  if (!depthwise) filters.push(input("panels", backwardPanels(shape, data.w)));
  return {
    kernel: depthwise ? "depthwise_backward_data" : "conv2d_backward_data",
    label: shape.name,
    extent: n,
    args: [
      ...[input("dy", dy), ...filters, output("dx", n * h * w * c)],
      ...(depthwise ? [h, w, c, p, q, r, s] : [h, w, c, p, wd, k, r, s]),
      ...[...strides(geometry), padTop, padLeft, ...(depthwise ? [] : [haloLeft, groups])],
    ],
    bound: sumOf((r * s * k) / groups),
    operations: operations(shape, geometry),
  };
}

/** The call that computes dw from x and dy. */
export function convolutionBackwardWeights(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const geometry = geometryOf(shape);
  const { n, h, w, c, k, r, s, groups } = shape;
  const { p, q, hp, wp, padTop, padLeft } = geometry;
  const depthwise = shape.depthwise === true;
  const x = padded(data.x, [n, h, w, c], [padTop, padLeft], [hp, wp]);
  const rows = (r * s * c) / groups;
  return {
    kernel: depthwise ? "depthwise_backward_weights" : "conv2d_backward_weights",
    label: shape.name,
    extent: depthwise ? c : rows,
    args: [
      ...[input("x", x), input("dy", data.dy), output("dw", rows * k)],
      ...[n, hp, wp, c, p, q, ...(depthwise ? [] : [k]), r, s, ...strides(geometry), ...(depthwise ? [] : [groups])],
    ],
    bound: sumOf(n * p * q),
    operations: operations(shape, geometry),
  };
}

/** The call that computes db from dy: shared sums over positions, untied over samples only. */
export function convolutionBackwardBias(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { p, q } = geometryOf(shape);
  const columns = shape.bias === "untied" ? p * q * shape.k : shape.k;
  const rows = data.dy.length / columns;
  return {
    kernel: "bias_backward",
    label: shape.name,
    extent: columns,
    args: [input("dy", data.dy), output("db", columns), rows, columns],
    bound: sumOf(rows),
  };
}

function padCall(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { n, h, w, c } = shape;
  const { hp, wp, padTop, padLeft } = geometryOf(shape);
  return padCallOf([n, h, w, c], data.x, [padTop, padLeft], [hp, wp]);
}

/** Filters packed for the forward pass. */
export function packForward(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { c, k, r, s, groups } = shape;
  const rows = (r * s * c) / groups;
  const extent = groups * Math.ceil(k / groups / 8);
  return {
    kernel: "pack_forward",
    label: shape.name,
    extent,
    args: [input("w", data.w), output("panels", extent * rows * 8), rows, k, groups],
    bound: EXACT,
  };
}

/** Filters packed for the data gradient. */
export function packBackward(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { c, k, r, s, groups } = shape;
  const extent = groups * Math.ceil(c / groups / 8);
  return {
    kernel: "pack_backward",
    label: shape.name,
    extent,
    args: [
      ...[input("w", data.w), output("panels", extent * r * s * (k / groups) * 8)],
      ...[r, s, c, k, groups, ...strides(geometryOf(shape))],
    ],
    bound: EXACT,
  };
}

/** Every call that a convolution of this shape makes in a training step. */
export function convolutionCalls(shape: ConvolutionCase): KernelCall[] {
  const data = convolutionData(shape);
  const calls = [
    padCall(shape, data),
    convolutionForward(shape, data),
    convolutionForward(shape, data, 0),
    convolutionForward(shape, data, 0, 0.5),
    convolutionBackwardData(shape, data),
    convolutionBackwardWeights(shape, data),
  ];
  if (shape.depthwise !== true) calls.push(packForward(shape, data), packBackward(shape, data));
  if (shape.bias !== "none") calls.push(convolutionBackwardBias(shape, data));
  return calls;
}

/** Operations and bytes of convolutions, depthwise ones too, and of packing. */
export const convolutionWork = {
  conv2d_forward: (n, ...args) => {
    const [, , , , , , hp, wp, c, p, q, k, r, s, , , , , groups] = args;
    return multiplying(n * hp * wp * c, n * p * q * k, (r * s * c * k) / groups);
  },
  conv2d_backward_data: (n, ...args) => {
    const [, , , , h, w, c, hd, wd, k, r, s] = args;
    const groups = args[args.length - 1];
    return multiplying(n * hd * wd * k, n * h * w * c, (r * s * c * k) / groups);
  },
  conv2d_backward_weights: (_rows, ...args) => {
    const [, , , n, hp, wp, c, p, q, k, r, s] = args;
    const groups = args[args.length - 1];
    return multiplying(n * hp * wp * c, n * p * q * k, (r * s * c * k) / groups);
  },
  depthwise_forward: (n, _x, _w, _bias, _biasStride, _y, h, w, c, p, q, r, s) =>
    multiplying(n * h * w * c, n * p * q * c, r * s * c),
  depthwise_backward_data: (n, _dy, _w, _dx, h, w, c, p, q, r, s) =>
    multiplying(n * p * q * c, n * h * w * c, r * s * c),
  depthwise_backward_weights: (_c, _x, _dy, _dw, n, hp, wp, c, p, q, r, s) =>
    multiplying(n * hp * wp * c, n * p * q * c, r * s * c),
  pack_forward: (_panels, _w, _to, rows, k) => work(0, 2 * rows * k),
  pack_backward: (_panels, _w, _to, r, s, c, k, groups) => work(0, (2 * r * s * c * k) / groups),
} satisfies WorkRows;
