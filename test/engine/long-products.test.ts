import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../src/bench/arena.ts";
import { input, type KernelCall, output, uniform } from "../../src/bench/calls/call.ts";
import {
  type ConvolutionData,
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionForward,
} from "../../src/bench/calls/convolution.ts";
import { denseBackwardData, denseForward } from "../../src/bench/calls/dense.ts";
import { multiplyChannelsBackward } from "../../src/bench/calls/merging.ts";
import { narrowPoolBackwardWeights, somePlaces } from "../../src/bench/calls/narrow.ts";
import { winogradBackwardWeights } from "../../src/bench/calls/winograd.ts";
import { type ConvolutionCase, geometryOf } from "../../src/bench/cases.ts";
import { cutsOf, differenceOf } from "../../src/bench/ranges.ts";
import { hasGear } from "../../src/engine/gears.ts";
import { type TestedGear, unshared } from "./backends.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasGear("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const GEARS: readonly TestedGear[] = hasGear("relaxed") ? ["simd", "relaxed"] : ["simd"];

/** Elements of the memories: 24 MB in float32. */
const ELEMENTS = 6 << 20;

const exact = referenceBackend("float64", ELEMENTS);

/** Numbers of one sign, whose sums grow with every product: there errors grow the most. */
const positive = (name: string, length: number) => uniform(name, length, 0.1, 1);

const CONVOLUTION = {
  name: "long",
  n: 1,
  r: 3,
  s: 3,
  strideH: 1,
  strideW: 1,
  padTop: 0,
  padBottom: 0,
  padLeft: 0,
  padRight: 0,
  dilationH: 1,
  dilationW: 1,
  groups: 1,
  bias: "none",
} as const;

function dataOf(shape: ConvolutionCase): ConvolutionData {
  const { n, h, w, c, k, r, s } = shape;
  const { p, q } = geometryOf(shape);
  return {
    x: positive("x", n * h * w * c),
    w: positive("w", r * s * c * k),
    bias: new Float64Array(),
    dy: positive("dy", n * p * q * k),
  };
}

function withData<T>(shape: ConvolutionCase, make: (shape: ConvolutionCase, data: ConvolutionData) => T): T {
  return make(shape, dataOf(shape));
}

const narrow: ConvolutionCase = { ...CONVOLUTION, h: 402, w: 404, c: 1, k: 5 };
const dense = { n: 5, bias: true };

/** How far a result may be off; blocks of the gradients of biases and of factors are put together in float64. */
const limitOf = ({ kernel }: KernelCall) => (/^(bias|multiply)/.test(kernel) ? 2e-7 : 3e-6);

/** Sums of five thousand to a million products, in each kernel that has long ones. */
const CALLS: Readonly<Record<string, () => KernelCall>> = {
  "dense_forward of 50,000 inputs": () => {
    const shape = { ...dense, inputs: 50_000, units: 11 };
    const arrays = { x: positive("x", 250_000), w: positive("w", 550_000), bias: positive("bias", 11) };
    return denseForward(shape, { ...arrays, dy: positive("dy", 55) });
  },
  "dense_backward_data of 20,000 units": () => {
    const shape = { ...dense, inputs: 9, units: 20_000 };
    const arrays = { x: positive("x", 45), w: positive("w", 180_000), bias: positive("bias", 20_000) };
    return denseBackwardData(shape, { ...arrays, dy: positive("dy", 100_000) });
  },
  "conv2d_forward of windows of 7 x 7 x 200": () =>
    withData({ ...CONVOLUTION, h: 9, w: 8, c: 200, k: 9, r: 7, s: 7 }, convolutionForward),
  "conv2d_backward_data of 7 x 7 x 200": () =>
    withData({ ...CONVOLUTION, h: 9, w: 8, c: 9, k: 200, r: 7, s: 7, padTop: 6, padLeft: 5 }, convolutionBackwardData),
  "conv2d_backward_weights of 600 x 500 pixels": () =>
    withData({ ...CONVOLUTION, h: 602, w: 502, c: 2, k: 5 }, convolutionBackwardWeights),
  "winograd_backward_weights of 400 x 400 pixels": () =>
    withData({ ...CONVOLUTION, h: 402, w: 402, c: 5, k: 6 }, winogradBackwardWeights),
  "conv2d_narrow_pool_backward_weights of 200 x 201 windows": () =>
    narrowPoolBackwardWeights(narrow, dataOf(narrow), somePlaces(narrow), positive("dy", 200 * 201 * 5)),
  "bias_backward of a million rows": () => ({
    kernel: "bias_backward",
    label: "a million rows",
    extent: 3,
    args: [input("dy", positive("dy", 3_000_000)), output("db", 3), 1_000_000, 3],
    bound: { kind: "exact" },
  }),
  "multiply_channels_backward of 1024 x 1024 positions": () => {
    const [x, dy] = [positive("x", 2 * 2 ** 20), positive("dy", 2 * 2 ** 20)];
    return multiplyChannelsBackward([1, 2 ** 20, 2], x, dy);
  },
  "multiply_channels_backward of the same numbers": () => {
    const x = new Float64Array(11 * 100_001).fill(Math.fround(0.1));
    return multiplyChannelsBackward([1, 100_001, 11], x, x);
  },
  "bias_backward of the same numbers": () => ({
    kernel: "bias_backward",
    label: "the same numbers",
    extent: 19,
    args: [input("dy", new Float64Array(19 * 100_000).fill(Math.fround(0.1))), output("db", 19), 100_000, 19],
    bound: { kind: "exact" },
  }),
};

describe.each(GEARS)("long sums on %s", (gear) => {
  it.each(Object.keys(CALLS))("%s are right to some millionths, however the range is cut", async (name) => {
    const call = CALLS[name]();
    const backend = await unshared(gear, (ELEMENTS * 4) / 65536);
    const got = runCall(backend, call);
    for (const [array, wanted] of runCall(exact, call)) {
      const values = got.get(array) ?? [];
      const worst = Math.max(...wanted.map((value, i) => Math.abs((values[i] ?? Number.NaN) / value - 1)));
      expect(worst).toBeLessThan(limitOf(call));
    }
    for (const cuts of cutsOf(call.extent).slice(0, 4)) {
      expect(differenceOf(got, runCall(backend, call, { cuts }))).toBeUndefined();
    }
  });
});
