/**
 * Sums of thousands to a million products, in each kernel that has long ones, on every engine.
 *
 * @module
 */

import { setFlagsFromString } from "node:v8";
import { expect, it } from "vitest";
import { referenceBackend, runCall } from "../../src/bench/arena.ts";
import { softmaxBackward, softmaxForward } from "../../src/bench/calls/activation.ts";
import { input, integers, type KernelCall, output, uniform } from "../../src/bench/calls/call.ts";
import {
  type ConvolutionData,
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionForward,
} from "../../src/bench/calls/convolution.ts";
import { type DenseData, denseBackwardData, denseBackwardSgd, denseForward } from "../../src/bench/calls/dense.ts";
import { softmaxCrossEntropy } from "../../src/bench/calls/loss.ts";
import { multiplyChannelsBackward } from "../../src/bench/calls/merging.ts";
import { narrowPoolBackwardWeights, somePlaces } from "../../src/bench/calls/narrow.ts";
import { winogradBackwardWeights } from "../../src/bench/calls/winograd.ts";
import type { DenseCase } from "../../src/bench/cases.ts";
import { type ConvolutionCase, geometryOf, PLAIN } from "../../src/bench/convolution-cases.ts";
import { cutsOf, differenceOf } from "../../src/bench/ranges.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { type TestedEngine, unshared } from "./backends.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

// Where the host has no vectorizer, `wide` is the same sums by pairs of 128 bits.
const ENGINES: readonly TestedEngine[] = hasEngine("relaxed") ? ["simd", "relaxed", "wide"] : ["simd"];

/** Elements of the memories: 24 MB in float32. */
const ELEMENTS = 6 << 20;

const exact = referenceBackend("float64", ELEMENTS);

/** Numbers of one sign, whose sums grow with every product: there errors grow the most. */
const positive = (name: string, length: number) => uniform(name, length, 0.1, 1);

const CONVOLUTION = { ...PLAIN, name: "long", n: 1, bias: "none" } as const;

const DEPTHWISE = { ...CONVOLUTION, depthwise: true } as const;

function dataOf(shape: ConvolutionCase): ConvolutionData {
  const { n, h, w, c, k, r, s, groups } = shape;
  const { p, q } = geometryOf(shape);
  return {
    x: positive("x", n * h * w * c),
    w: positive("w", (r * s * c * k) / groups),
    bias: new Float64Array(),
    dy: positive("dy", n * p * q * k),
  };
}

function withData<T>(shape: ConvolutionCase, make: (shape: ConvolutionCase, data: ConvolutionData) => T): T {
  return make(shape, dataOf(shape));
}

/** Makes numbers of a name. */
type Numbers = (name: string, length: number) => Float64Array;

/** As after a ReLU: half of them zeros. */
const rectified: Numbers = (name, length) => positive(name, length).map((value) => (value < 0.55 ? 0 : value));

/** One number again and again: the rounding errors of its sums have one sign. */
const same: Numbers = (_, length) => new Float64Array(length).fill(Math.fround(0.1));

/** Calls for a dense layer's inputs. */
function ofDense<T>(
  shape: Omit<DenseCase, "bias">,
  make: (shape: DenseCase, data: DenseData) => T,
  { x = positive, w = positive, dy = positive }: { x?: Numbers; w?: Numbers; dy?: Numbers } = {},
): T {
  const { n, inputs, units } = shape;
  const weights = { w: w("w", inputs * units), bias: positive("bias", units) };
  return make({ ...shape, bias: true }, { x: x("x", n * inputs), dy: dy("dy", n * units), ...weights });
}

const unpackedForward = (shape: DenseCase, data: DenseData) =>
  denseForward(shape, data, Number.NEGATIVE_INFINITY, true);
const unpackedBackward = (shape: DenseCase, data: DenseData) => denseBackwardData(shape, data, true);

const CLASSES = 100_000;

/** Logits of a sample with one class that stands out, the others the same. */
const even = () => same("logits", CLASSES).map((_, i) => (i === 77 ? 0 : Math.fround(-2.3)));

const crossEntropy = (logits: Float64Array, smoothing: number) =>
  softmaxCrossEntropy([1, CLASSES], logits, integers("labels", 1, CLASSES), { smoothing, weight: 1 });

function narrowPool(h: number, w: number): KernelCall {
  const narrow: ConvolutionCase = { ...CONVOLUTION, h, w, c: 1, k: 5 };
  const { p, q } = geometryOf(narrow);
  const windows = Math.floor(p / 2) * Math.floor(q / 2);
  return narrowPoolBackwardWeights(narrow, dataOf(narrow), somePlaces(narrow), positive("dy", windows * 5));
}

/** Calls by their names, each made when it is needed. */
type Calls = Readonly<Record<string, () => KernelCall>>;

/** The relative error; none of a zero that is one. */
const errorOf = (got: number, wanted: number) => (got === wanted ? 0 : Math.abs(got / wanted - 1));

/** Largest relative error; blocks of the gradients of biases and of factors are put together in float64. */
const limitOf = ({ kernel }: KernelCall) => (/^(bias|multiply)/.test(kernel) ? 2e-7 : 3e-6);

/** Sums of five thousand to a hundred thousand products, in each kernel that has long ones. */
export const CALLS: Calls = {
  "dense_forward of 50,000 inputs, unpacked": () => ofDense({ n: 2, inputs: 50_000, units: 21 }, unpackedForward),
  "dense_forward of 50,000 inputs, zeros among them, unpacked": () =>
    ofDense({ n: 2, inputs: 50_000, units: 21 }, unpackedForward, { x: rectified }),
  "dense_forward of 50,000 inputs to few units, unpacked": () =>
    ofDense({ n: 2, inputs: 50_000, units: 11 }, unpackedForward),
  "dense_backward_data of 20,000 units": () => ofDense({ n: 5, inputs: 9, units: 20_000 }, denseBackwardData),
  "dense_backward_data of 25,088 units, unpacked": () => ofDense({ n: 1, inputs: 21, units: 25_088 }, unpackedBackward),
  "dense_backward_data of 50,003 units, unpacked": () => ofDense({ n: 2, inputs: 21, units: 50_003 }, unpackedBackward),
  "dense_backward_sgd of 50,003 units": () =>
    ofDense({ n: 1, inputs: 21, units: 50_003 }, (shape, data) => denseBackwardSgd(shape, data, true)),
  "softmax_forward of 100,000 classes": () => softmaxForward([1, 1, CLASSES], positive("logits", CLASSES)),
  "softmax_forward of 100,000 classes, most of them even": () => softmaxForward([1, 1, CLASSES], even()),
  "softmax_backward of 100,000 classes": () =>
    softmaxBackward([1, 1, CLASSES], positive("y", CLASSES), positive("dy", CLASSES)),
  "softmax_cross_entropy of 100,000 classes": () => crossEntropy(positive("logits", CLASSES), 0),
  "softmax_cross_entropy of 100,000 classes, most of them even": () => crossEntropy(even(), 0),
  "softmax_cross_entropy of 100,000 classes, smoothed": () => crossEntropy(even(), Math.fround(0.1)),
  "conv2d_forward of windows of 7 x 7 x 200": () =>
    withData({ ...CONVOLUTION, h: 9, w: 8, c: 200, k: 9, r: 7, s: 7 }, convolutionForward),
  "conv2d_backward_data of 7 x 7 x 200": () =>
    withData({ ...CONVOLUTION, h: 9, w: 8, c: 9, k: 200, r: 7, s: 7, padTop: 6, padLeft: 5 }, convolutionBackwardData),
  "depthwise_backward_weights of a row of 60,000 pixels": () =>
    withData({ ...DEPTHWISE, h: 1, w: 60_002, c: 5, k: 5, groups: 5, r: 1 }, convolutionBackwardWeights),
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
  "dense_forward of 20,000 inputs": () => ofDense({ n: 5, inputs: 20_000, units: 11 }, denseForward),
  "conv2d_backward_weights of 120 x 100 pixels": () =>
    withData({ ...CONVOLUTION, h: 122, w: 102, c: 2, k: 5 }, convolutionBackwardWeights),
  "depthwise_backward_weights of 8,000 rows": () =>
    withData({ ...DEPTHWISE, n: 2, h: 4_002, w: 9, c: 3, k: 3, groups: 3 }, convolutionBackwardWeights),
  "winograd_backward_weights of 100 x 120 pixels": () =>
    withData({ ...CONVOLUTION, h: 102, w: 122, c: 5, k: 6 }, winogradBackwardWeights),
  "conv2d_narrow_pool_backward_weights of 75 x 76 windows": () => narrowPool(152, 154),
};

/** Sums of fifty thousand to a million products, whose exact results take long. */
export const LONGEST: Calls = {
  "dense_forward of 50,000 inputs": () => ofDense({ n: 5, inputs: 50_000, units: 11 }, denseForward),
  "dense_forward of 25,088 inputs, unpacked": () => ofDense({ n: 1, inputs: 25_088, units: 77 }, unpackedForward),
  "conv2d_backward_weights of 600 x 500 pixels": () =>
    withData({ ...CONVOLUTION, h: 602, w: 502, c: 2, k: 5 }, convolutionBackwardWeights),
  "depthwise_backward_weights of 40,000 rows": () =>
    withData({ ...DEPTHWISE, n: 10, h: 4_002, w: 9, c: 3, k: 3, groups: 3 }, convolutionBackwardWeights),
  "winograd_backward_weights of 400 x 400 pixels": () =>
    withData({ ...CONVOLUTION, h: 402, w: 402, c: 5, k: 6 }, winogradBackwardWeights),
  "conv2d_narrow_pool_backward_weights of 200 x 201 windows": () => narrowPool(402, 404),
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
};

/** Sums of the same numbers, whose errors grow the fastest. */
export const EVEN: Calls = {
  "dense_backward_data of 25,088 units, unpacked, the same": () =>
    ofDense({ n: 1, inputs: 21, units: 25_088 }, unpackedBackward, { w: same, dy: same }),
  "dense_backward_data of 50,003 units, unpacked, the same": () =>
    ofDense({ n: 2, inputs: 21, units: 50_003 }, unpackedBackward, { w: same, dy: same }),
  "dense_backward_sgd of 50,003 units, the same": () =>
    ofDense({ n: 1, inputs: 21, units: 50_003 }, (shape, data) => denseBackwardSgd(shape, data, true), {
      w: same,
      dy: same,
    }),
  "softmax_backward of 100,000 classes, the same": () =>
    softmaxBackward([1, 1, CLASSES], same("y", CLASSES), same("dy", CLASSES)),
};

/**
 * Tests of calls on every engine.
 *
 * @param even what is made of the same numbers again and again, whose errors grow the fastest
 */
export function testLongSums(calls: Calls, even: Calls = {}): void {
  const all: Calls = { ...calls, ...even };
  // One memory for all calls; all engines in one test, as the exact results take the longest.
  const backends = new Map(ENGINES.map((engine) => [engine, unshared(engine, (ELEMENTS * 4) / 65536)]));

  it.each(Object.keys(all))(
    "%s are right to some millionths on every engine, however the range is cut",
    async (name) => {
      const call = all[name]();
      const limit = name in even ? 1e-5 : limitOf(call);
      const exactly = runCall(exact, call);
      for (const [engine, making] of backends) {
        const backend = await making;
        const got = runCall(backend, call);
        for (const [array, wanted] of exactly) {
          const values = got.get(array) ?? [];
          let worst = 0;
          wanted.forEach((value, i) => {
            worst = Math.max(worst, errorOf(values[i] ?? Number.NaN, value));
          });
          expect(worst, `${array} on ${engine}`).toBeLessThan(limit);
        }
        for (const cuts of cutsOf(call.extent).slice(0, 4)) {
          expect(differenceOf(got, runCall(backend, call, { cuts })), engine).toBeUndefined();
        }
      }
    },
  );
}
