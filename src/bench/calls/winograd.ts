import { createReferenceKernels } from "../../engine/reference/index.ts";
import { winogradScratch, winogradWeightsScratch } from "../../layers/winograd-kernels.ts";
import { type ConvolutionCase, geometryOf } from "../convolution-cases.ts";
import { amplified, float32, input, type KernelCall, output, scratch } from "./call.ts";
import { type ConvolutionData, convolutionData } from "./convolution.ts";
import { backwardMagnitudes, filterMagnitudes, forwardMagnitudes, weightMagnitudes } from "./winograd-magnitudes.ts";
import { multiplying, type WorkRows, work } from "./work-rows.ts";

/** Roundings on an element's way through the transforms, whose passes add up to six numbers with rounded factors. */
const TRANSFORMS = 32;

/** Filters packed and transformed by the reference, rounded to float32 as the kernels leave them. */
function panelsOf({ c, k }: ConvolutionCase, w: Float64Array, reversed: boolean) {
  const [columns, rows] = reversed ? [c, k] : [k, c];
  const count = Math.ceil(columns / 8);
  const heap = new Float64Array(w.length + 45 * count * rows * 8);
  heap.set(w);
  const kernels = createReferenceKernels(heap);
  const packed = w.length;
  const panels = packed + 9 * count * rows * 8;
  if (reversed) kernels.pack_backward(0, count, 0, packed, 3, 3, c, k, 1, 1, 1, 1, 1);
  else kernels.pack_forward(0, count, 0, packed, 9 * c, k, 1);
  kernels.winograd_filters(0, count, packed, panels, rows, reversed ? 1 : 0, 0);
  return { count, rows, packed: heap.slice(packed, panels), panels: float32(heap.slice(panels)) };
}

function filtersCall(shape: ConvolutionCase, data: ConvolutionData, reversed: boolean): KernelCall {
  const { count, rows, packed } = panelsOf(shape, data.w, reversed);
  const panels = output("panels", 36 * count * rows * 8);
  return {
    kernel: "winograd_filters",
    label: `${shape.name}${reversed ? ", reversed" : ""}`,
    extent: count,
    args: [input("packed", packed), panels, rows, reversed ? 1 : 0, scratch(288)],
    bound: amplified(10, () => new Map([["panels", filterMagnitudes(packed, count, rows, reversed)]])),
  };
}

/** The call that computes y from x by Winograd's filtering; `lower` 0 is a fused ReLU. */
export function winogradForward(
  shape: ConvolutionCase,
  data: ConvolutionData,
  lower = Number.NEGATIVE_INFINITY,
): KernelCall {
  const { n, h, w, c, k, name } = shape;
  const { p, q, padTop, padLeft } = geometryOf(shape);
  const bias = shape.bias === "none" ? 0 : input("bias", data.bias);
  const { panels } = panelsOf(shape, data.w, false);
  return {
    kernel: "winograd_forward",
    label: `${name}${lower === 0 ? ", ReLU" : ""}`,
    extent: n,
    args: [
      ...[input("x", data.x), input("w", data.w), input("panels", panels), bias, shape.bias === "untied" ? k : 0],
      ...[output("y", n * p * q * k), h, w, c, p, q, k, padTop, padLeft, lower, scratch(winogradScratch(c))],
    ],
    bound: amplified(c + TRANSFORMS, () => new Map([["y", forwardMagnitudes(shape, data)]])),
    operations: 18 * n * p * q * c * k,
  };
}

/** The call that computes dx from dy by Winograd's filtering. */
export function winogradBackwardData(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { n, h, w, c, k, name } = shape;
  const { p, q, padTop, padLeft } = geometryOf(shape);
  const { panels } = panelsOf(shape, data.w, true);
  return {
    kernel: "winograd_backward_data",
    label: name,
    extent: n,
    args: [
      ...[input("dy", data.dy), input("w", data.w), input("panels", panels), output("dx", n * h * w * c)],
      ...[h, w, c, p, q, k, padTop, padLeft, scratch(winogradScratch(k))],
    ],
    bound: amplified(k + TRANSFORMS, () => new Map([["dx", backwardMagnitudes(shape, data)]])),
    operations: 18 * n * p * q * c * k,
  };
}

/** The call that computes dw from x and dy by Winograd's filtering. */
export function winogradBackwardWeights(shape: ConvolutionCase, data: ConvolutionData): KernelCall {
  const { n, h, w, c, k, name } = shape;
  const { p, q, padTop, padLeft } = geometryOf(shape);
  const tiles = n * Math.ceil(p / 4) * Math.ceil(q / 4);
  return {
    kernel: "winograd_backward_weights",
    label: name,
    extent: Math.ceil(c / 4),
    args: [
      ...[input("x", data.x), input("dy", data.dy), output("dw", 9 * c * k), n],
      ...[h, w, c, p, q, k, padTop, padLeft, scratch(winogradWeightsScratch(c, k))],
    ],
    bound: amplified(tiles + TRANSFORMS, () => new Map([["dw", weightMagnitudes(shape, data)]])),
    operations: 18 * n * p * q * c * k,
  };
}

/** True for convolutions that Winograd's kernels can do, be it faster or not. */
export function isWinograd(shape: ConvolutionCase): boolean {
  const { r, s, strideH, strideW, dilationH, dilationW, groups, depthwise } = shape;
  return r === 3 && s === 3 && strideH * strideW * dilationH * dilationW * groups === 1 && depthwise !== true;
}

/** Every call of these kernels that a convolution of this shape could make in a training step. */
export function winogradCalls(shape: ConvolutionCase): KernelCall[] {
  const data = convolutionData(shape);
  return [
    filtersCall(shape, data, false),
    filtersCall(shape, data, true),
    winogradForward(shape, data),
    winogradForward(shape, data, 0),
    winogradBackwardData(shape, data),
    winogradBackwardWeights(shape, data),
  ];
}

/** Operations and bytes of Winograd's convolutions. */
export const winogradWork = {
  // Three taps to six points and the other way, 9 columns and rows of them.
  winograd_filters: (panels, _packed, _panels, rows) => work(81 * 8 * panels * rows, 45 * 8 * panels * rows),
  winograd_forward: (n, _x, _w, _panels, _bias, _biasStride, _y, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 36 * c * k),
  winograd_backward_data: (n, _dy, _w, _panels, _dx, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 36 * c * k),
  winograd_backward_weights: (_groups, _x, _dy, _dw, n, h, width, c, p, q, k) =>
    multiplying(n * h * width * c, n * p * q * k, 9 * c * k),
} satisfies WorkRows;
