import { FIRST_PLACE } from "../../engine/kernel-sizes.ts";
import { type ConvolutionCase, geometryOf } from "../convolution-cases.ts";
import { close, input, type KernelCall, normal, output, sumOf } from "./call.ts";
import { type ConvolutionData, convolutionData, padded } from "./convolution.ts";
import { multiplying, type WorkRows, work } from "./work-rows.ts";

/** Padded input, sizes and label that all calls share. */
function parts(shape: ConvolutionCase, data: ConvolutionData) {
  const geometry = geometryOf(shape);
  const { n, h, w, c, k, r, s } = shape;
  const { p, q, hp, wp, padTop, padLeft, strideH, strideW } = geometry;
  return {
    x: padded(data.x, [n, h, w, c], [padTop, padLeft], [hp, wp]),
    bias: shape.bias === "none" ? 0 : input("bias", data.bias),
    maxima: n * (p >> 1) * (q >> 1) * k,
    dims: [hp, wp, c, p, q, k, r, s, strideH, strideW],
    taps: r * s * c,
    operations: 2 * n * p * q * k * r * s * c,
    geometry,
  };
}

/** The call that computes y from x; `lower` 0 is a fused ReLU. */
function narrowForward(shape: ConvolutionCase, data: ConvolutionData, lower: number): KernelCall {
  const { x, bias, dims, taps, operations, geometry } = parts(shape, data);
  return {
    kernel: "conv2d_narrow_forward",
    label: `${shape.name}${lower === 0 ? ", ReLU" : ""}`,
    extent: shape.n,
    args: [
      ...[input("x", x), input("w", data.w), bias, output("y", shape.n * geometry.p * geometry.q * shape.k)],
      ...[...dims, lower],
    ],
    bound: sumOf(taps + 1),
    operations,
  };
}

/** The maxima, and with `placed` where they come from. */
function narrowPoolForward(shape: ConvolutionCase, data: ConvolutionData, lower: number, placed: boolean): KernelCall {
  const { x, bias, dims, taps, operations, maxima } = parts(shape, data);
  return {
    kernel: "conv2d_narrow_pool_forward",
    label: `${shape.name}${lower === 0 ? ", ReLU" : ""}${placed ? ", with places" : ""}`,
    extent: shape.n,
    args: [
      ...[input("x", x), input("w", data.w), bias, output("y", maxima), placed ? output("places", maxima) : 0],
      ...[...dims, lower],
    ],
    // Sums of products of order one, and places that are the same numbers everywhere.
    bound: close(1, 6 * (taps + 4)),
    operations,
  };
}

/** Places like those of a forward pass, of each kind in turn: the first of four comes up as often as the last. */
export function somePlaces(shape: ConvolutionCase): Float64Array {
  const { maxima, geometry } = parts(shape, convolutionData(shape));
  const right = 4 * geometry.strideW * shape.c;
  const down = 4 * geometry.strideH * geometry.wp * shape.c;
  const kinds = [0, right, down, down + right];
  return Float64Array.from({ length: maxima }, (_, i) => FIRST_PLACE + kinds[(i * 7 + (i >> 3)) % 4]);
}

/** The call that computes dw from x, places and the gradient of the maxima. */
export function narrowPoolBackwardWeights(
  shape: ConvolutionCase,
  data: ConvolutionData,
  places: Float64Array,
  dy: Float64Array,
): KernelCall {
  const { x, dims, taps, maxima } = parts(shape, data);
  return {
    kernel: "conv2d_narrow_pool_backward_weights",
    label: shape.name,
    extent: shape.k,
    args: [
      ...[input("x", x), input("places", places), input("dy", dy), output("dw", taps * shape.k)],
      ...[shape.n, ...dims],
    ],
    bound: sumOf(maxima / shape.k),
    operations: 2 * maxima * taps,
  };
}

/** Every call that such a convolution makes in a training step, alone and with pooling. */
export function narrowCalls(shape: ConvolutionCase): KernelCall[] {
  const data = convolutionData(shape);
  const places = somePlaces(shape);
  const dy = normal(`${shape.name} dy of maxima`, places.length);
  return [Number.NEGATIVE_INFINITY, 0]
    .flatMap((lower) => [
      narrowForward(shape, data, lower),
      narrowPoolForward(shape, data, lower, false),
      narrowPoolForward(shape, data, lower, true),
    ])
    .concat(narrowPoolBackwardWeights(shape, data, places, dy));
}

/** Operations and bytes of narrow convolutions. */
export const narrowWork = {
  conv2d_narrow_forward: (n, _x, _w, _bias, _y, hp, wp, c, p, q, k, r, s) =>
    multiplying(n * hp * wp * c, n * p * q * k, r * s * c * k),
  conv2d_narrow_pool_forward: (n, _x, _w, _bias, _y, _places, hp, wp, c, p, q, k, r, s) =>
    multiplying(n * hp * wp * c, 2 * n * (p >> 1) * (q >> 1) * k, r * s * c * k),
  // Only the largest output of each window has a gradient.
  conv2d_narrow_pool_backward_weights: (k, _x, _places, _dy, _dw, n, hp, wp, c, p, q, _k, r, s) => {
    const maxima = n * (p >> 1) * (q >> 1) * k;
    return work(2 * maxima * r * s * c, n * hp * wp * c + 2 * maxima + r * s * c * k);
  },
} satisfies WorkRows;
