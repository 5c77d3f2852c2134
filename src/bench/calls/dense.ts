import { DENSE_COPY_SIZE } from "../../layers/dense.ts";
import type { DenseCase } from "../cases.ts";
import { amplified, input, type KernelCall, normal, output, scratch, state, sumOf } from "./call.ts";
import { forwardPanels, packed } from "./convolution.ts";
import { multiplying, type Work, type WorkRows, work } from "./work-rows.ts";

/** The arrays of a dense layer: x [n, inputs], w [inputs, units], bias [units] or empty, dy [n, units]. */
export interface DenseData {
  readonly x: Float64Array;
  readonly w: Float64Array;
  readonly bias: Float64Array;
  readonly dy: Float64Array;
}

function label({ n, inputs, units, bias }: DenseCase): string {
  return `dense ${n} x ${inputs} to ${units}${bias ? ", bias" : ""}`;
}

/** Random data for a case. */
export function denseData(shape: DenseCase): DenseData {
  const { n, inputs, units, bias } = shape;
  return {
    x: normal(`${label(shape)} x`, n * inputs),
    w: normal(`${label(shape)} w`, inputs * units),
    bias: normal(`${label(shape)} bias`, bias ? units : 0),
    dy: normal(`${label(shape)} dy`, n * units),
  };
}

/** Numbers after a ReLU. */
function rectified(x: Float64Array): Float64Array {
  return x.map((value) => Math.max(value, 0));
}

/** The call that computes y from x; `lower` 0 is a fused ReLU. */
export function denseForward(
  shape: DenseCase,
  data: DenseData,
  lower = Number.NEGATIVE_INFINITY,
  unpacked = false,
): KernelCall {
  const { n, inputs, units } = shape;
  return {
    kernel: "dense_forward",
    label: `${label(shape)}${lower === 0 ? ", ReLU" : ""}${unpacked ? ", unpacked" : ""}`,
    extent: n,
    args: [
      ...[input("x", data.x), input("w", data.w)],
      unpacked ? 0 : input("panels", forwardPanels(data.w, inputs, units, 1)),
      ...[shape.bias ? input("bias", data.bias) : 0, output("y", n * units), inputs, units, lower],
    ],
    bound: sumOf(inputs + 1),
    operations: 2 * n * inputs * units,
  };
}

/** The call that computes dx from dy. */
export function denseBackwardData(shape: DenseCase, data: DenseData, unpacked = false): KernelCall {
  const { n, inputs, units } = shape;
  const count = Math.ceil(inputs / 8);
  const panels = packed(data.w, count * units * 8, (kernels, from, to) =>
    kernels.pack_backward(0, count, from, to, 1, 1, inputs, units, 1, 1, 1, 1, 1),
  );
  return {
    kernel: "dense_backward_data",
    label: `${label(shape)}${unpacked ? ", unpacked" : ""}`,
    extent: n,
    args: [
      ...[input("dy", data.dy), input("w", data.w), unpacked ? 0 : input("panels", panels)],
      ...[output("dx", n * inputs), inputs, units],
    ],
    bound: sumOf(units),
    operations: 2 * n * inputs * units,
  };
}

/** The call that computes dw from x and dy; `copied`: parts of them are copied side by side first. */
export function denseBackwardWeights(shape: DenseCase, data: DenseData, copied = false): KernelCall {
  const { n, inputs, units } = shape;
  return {
    kernel: "dense_backward_weights",
    label: `${label(shape)}${copied ? ", copied" : ""}`,
    extent: inputs,
    args: [
      ...[input("x", data.x), input("dy", data.dy), output("dw", inputs * units), n, inputs, units],
      copied ? scratch(DENSE_COPY_SIZE) : 0,
    ],
    bound: sumOf(n),
    operations: 2 * n * inputs * units,
  };
}

/** The call that computes dx from dy and w less its gradient, for one sample; `sparse` leaves out rows whose input is zero. */
export function denseBackwardSgd(shape: DenseCase, data: DenseData, sparse: boolean, wantsDx = true): KernelCall {
  const { inputs, units } = shape;
  const x = rectified(data.x.subarray(0, inputs));
  const dy = data.dy.subarray(0, units);
  const rate = Math.fround(0.01);
  const magnitudes = () => {
    const w = data.w.map((weight, i) => Math.abs(weight) + rate * x[Math.floor(i / units)] * Math.abs(dy[i % units]));
    const dx = x.map((_, i) => dy.reduce((sum, value, j) => sum + Math.abs(value * data.w[i * units + j]), 0));
    return new Map(Object.entries(wantsDx ? { w, dx } : { w }));
  };
  return {
    kernel: "dense_backward_sgd",
    label: `dense ${inputs} to ${units}${sparse ? ", sparse" : ""}${wantsDx ? "" : ", no dx"}`,
    extent: inputs,
    args: [
      ...[input("x", x), input("dy", dy), state("w", data.w)],
      ...[wantsDx ? output("dx", inputs) : 0, units, sparse ? 1 : 0, input("hyper", [rate, 1, 1, 1])],
    ],
    bound: amplified(units, magnitudes),
    operations: 4 * inputs * units,
  };
}

/** The call that computes db from dy. */
export function denseBackwardBias(shape: DenseCase, data: DenseData): KernelCall {
  const { n, units } = shape;
  return {
    kernel: "bias_backward",
    label: label(shape),
    extent: units,
    args: [input("dy", data.dy), output("db", units), n, units],
    bound: sumOf(n),
  };
}

/** Every call that a dense layer of this shape makes in a training step. */
export function denseCalls(shape: DenseCase): KernelCall[] {
  const data = denseData(shape);
  return [
    denseForward(shape, data),
    denseForward(shape, data, 0),
    denseForward(shape, data, 0, true),
    denseForward(shape, { ...data, x: rectified(data.x) }, Number.NEGATIVE_INFINITY, true),
    denseBackwardData(shape, data),
    denseBackwardData(shape, data, true),
    denseBackwardWeights(shape, data),
    denseBackwardWeights(shape, data, true),
    denseBackwardSgd(shape, data, false),
    denseBackwardSgd(shape, data, true),
    denseBackwardSgd(shape, data, true, false),
    denseBackwardBias(shape, data),
  ];
}

function productWork(n: number, inputs: number, units: number): Work {
  return multiplying(n * inputs, n * units, inputs * units);
}

/** Operations and bytes of dense layers. */
export const denseWork = {
  dense_forward: (n, _x, _w, _panels, _bias, _y, inputs, units) => productWork(n, inputs, units),
  dense_backward_data: (n, _dy, _w, _panels, _dx, inputs, units) => productWork(n, inputs, units),
  dense_backward_weights: (_rows, _x, _dy, _dw, n, inputs, units) => productWork(n, inputs, units),
  // The gradient in x and the update in w; it moves w both ways.
  dense_backward_sgd: (inputs, _x, _dy, _w, dx, units) =>
    work((dx === 0 ? 3 : 5) * inputs * units, (dx === 0 ? 1 : 2) * inputs + units + 2 * inputs * units),
  bias_backward: (_columns, _dy, _db, rows, columns) => work(rows * columns, rows * columns + columns),
} satisfies WorkRows;
