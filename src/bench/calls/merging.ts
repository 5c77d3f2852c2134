import type { ColumnsCase } from "../cases.ts";
import { close, EXACT, input, type KernelCall, normal, output, state, sumOf } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

/** Number of samples, floats of a sample. */
type Size = readonly [n: number, size: number];

/** Number of samples, positions of a sample, channels. */
type ImageShape = readonly [n: number, positions: number, channels: number];

/** The kernels of two tensors of one shape. */
export const BINARY = ["add", "subtract", "multiply", "maximum"] as const;

/** The call that computes y from a and b; `host` is the input whose place y may take. */
export function binaryCall(
  kernel: (typeof BINARY)[number],
  [n, size]: Size,
  a: Float64Array,
  b: Float64Array,
  host: "a" | "b" = "a",
): KernelCall {
  return {
    kernel,
    label: `${n} x ${size}`,
    extent: n,
    args: [input("a", a), input("b", b), output("y", n * size), size],
    bound: kernel === "maximum" ? EXACT : close(1),
    inPlace: [host, "y"],
  };
}

/** The call that computes dx from an input and the output of a maximum, and with `rest` the gradient for the other inputs. */
export function maximumBackward(
  [n, size]: Size,
  { x, y, dy }: { x: Float64Array; y: Float64Array; dy: Float64Array },
  rest: boolean,
): KernelCall {
  return {
    kernel: "maximum_backward",
    label: `${n} x ${size}${rest ? "" : ", the last input"}`,
    extent: n,
    args: [
      input("x", x),
      input("y", y),
      input("dy", dy),
      output("dx", n * size),
      rest ? output("rest", n * size) : 0,
      size,
    ],
    bound: EXACT,
    inPlace: ["dy", rest ? "rest" : "dx"],
  };
}

/** The call that computes y = factor x. */
export function scaleCall([n, size]: Size, x: Float64Array, factor: number): KernelCall {
  return {
    kernel: "scale",
    label: `${n} x ${size}, by ${factor.toFixed(3)}`,
    extent: n,
    args: [input("x", x), output("y", n * size), size, Math.fround(factor)],
    bound: close(1),
    inPlace: ["x", "y"],
  };
}

/** The call that computes y = x times a number for each channel. */
export function multiplyChannels([n, positions, channels]: ImageShape, x: Float64Array, s: Float64Array): KernelCall {
  return {
    kernel: "multiply_channels",
    label: `${n} x ${positions} x ${channels}`,
    extent: n,
    args: [input("x", x), input("s", s), output("y", x.length), positions, channels],
    bound: close(1),
    inPlace: ["x", "y"],
  };
}

/** The gradient of the numbers for each channel. */
export function multiplyChannelsBackward(
  [n, positions, channels]: ImageShape,
  x: Float64Array,
  dy: Float64Array,
): KernelCall {
  return {
    kernel: "multiply_channels_backward",
    label: `${n} x ${positions} x ${channels}`,
    extent: n,
    args: [input("x", x), input("dy", dy), output("ds", n * channels), positions, channels],
    bound: sumOf(positions),
  };
}

/**
 * Columns of x are copied to columns of y. Both arrays end with the last float that is copied, and other columns of y
 * stay.
 */
export function copyColumnsCall([n, rows, columns, xStride, yStride]: ColumnsCase): KernelCall {
  const length = (stride: number) => (n * rows - 1) * stride + columns;
  return {
    kernel: "copy_columns",
    label: `${n} x ${rows} rows, ${columns} columns of ${xStride} to ${yStride}`,
    extent: n,
    args: [
      input("x", normal("columns x", length(xStride))),
      state("y", normal("columns y", length(yStride))),
      rows,
      xStride,
      yStride,
      columns,
    ],
    bound: EXACT,
  };
}

/** Values of which many are equal, with NaN, infinities and zeros of both signs among them. */
function tiedValues(name: string, length: number): Float64Array {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
  return normal(name, length).map((value, i) =>
    i % 7 === 3 ? odd[Math.floor(i / 7) % odd.length] : Math.round(value),
  );
}

/** All kernels on tensors of one size. */
export function mergingCalls(size: Size): KernelCall[] {
  const length = size[0] * size[1];
  const [a, b, dy] = ["merge a", "merge b", "merge dy"].map((name) => normal(name, length));
  const [tiedA, tiedB] = [tiedValues("tied a", length), tiedValues("tied b", length)];
  const largest = tiedA.map((value, i) => Math.max(value, tiedB[i]));
  return [
    ...BINARY.flatMap((kernel) => [
      binaryCall(kernel, size, a, b),
      binaryCall(kernel, size, tiedA, b, "b"),
      binaryCall(kernel, size, tiedA, tiedB),
    ]),
    ...[true, false].map((rest) => maximumBackward(size, { x: tiedA, y: largest, dy }, rest)),
    scaleCall(size, a, 1 / 3),
    scaleCall(size, tiedA, -1),
  ];
}

/** The product of an image and a vector of channels, and its gradient. */
export function multiplyChannelsCalls(shape: ImageShape): KernelCall[] {
  const [n, positions, channels] = shape;
  const x = normal("channels x", n * positions * channels);
  return [
    multiplyChannels(shape, x, normal("channels s", n * channels)),
    multiplyChannelsBackward(shape, x, normal("channels dy", x.length)),
  ];
}

/** Operations and bytes of merging kernels. */
export const mergingWork = {
  add: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  subtract: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  multiply: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  maximum: (n, _a, _b, _y, size) => elementwise(1, 3)(n, size),
  maximum_backward: (n, _x, _y, _dy, _dx, rest, size) => elementwise(1, rest === 0 ? 4 : 5)(n, size),
  scale: (n, _x, _y, size) => elementwise(1, 2)(n, size),
  multiply_channels: (n, _x, _s, _y, positions, channels) =>
    work(n * positions * channels, n * (2 * positions + 1) * channels),
  multiply_channels_backward: (n, _x, _dy, _ds, positions, channels) =>
    work(2 * n * positions * channels, n * (2 * positions + 1) * channels),
  copy_columns: (n, _x, _y, rows, _xStride, _yStride, columns) => work(0, 2 * n * rows * columns),
} satisfies WorkRows;
