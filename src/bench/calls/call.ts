/**
 * Kernel calls with their data, which the tests run on any engine and the benchmark times.
 *
 * @module
 */

import { RandomStream } from "../../numeric/random.ts";

/** An array that a kernel reads, writes or both. */
export interface Tensor {
  readonly name: string;
  /** `output` starts as NaN; `state` is read and written; `scratch` may hold anything before and after. */
  readonly role: "input" | "output" | "state" | "scratch";
  readonly length: number;
  /** The values of an input or state. The tables hold only float32 numbers, so that every engine sees the same. */
  readonly values?: Float64Array;
  /** Instead of values: bytes, `length` of them. */
  readonly bytes?: Uint8Array;
}

/**
 * The largest error of a float32 result; eps is 2^-24, half a unit in the last place of 1.
 *
 * - `exact`: none, the same number
 * - `sum`: each output is a sum of up to `length` products of inputs; the bound is (length + 4) eps times that sum with
 *   all inputs replaced by their magnitudes, which the reference computes; by the call `of` where this one bounds its outputs
 * - `close`: `units` eps times the magnitude of the result, or of `floor` where that is larger
 * - `amplified`: as `sum`, for a kernel whose way takes more operations than the reference: `magnitudes` are its own
 *   sums with all numbers positive
 */
export type Bound =
  | { readonly kind: "exact" }
  | { readonly kind: "sum"; readonly length: number; readonly of?: KernelCall }
  | { readonly kind: "close"; readonly units: number; readonly floor: number }
  | {
      readonly kind: "amplified";
      readonly length: number;
      readonly magnitudes: () => ReadonlyMap<string, Float64Array>;
    };

/** `kernel(begin, end, ...args)` with [begin, end) inside [0, extent). */
export interface KernelCall {
  readonly kernel: string;
  /** Name of the case, for messages. */
  readonly label: string;
  readonly extent: number;
  /** Arguments after `begin` and `end`; a tensor stands for its offset. Scalars are float32. */
  readonly args: readonly (Tensor | number)[];
  readonly bound: Bound;
  /** Floating-point operations, where counting them makes sense. */
  readonly operations?: number;
  /** An input and the output that may share its place. */
  readonly inPlace?: readonly [input: string, output: string];
}

/** The bound of sums of products of inputs. */
export function sumOf(length: number): Bound {
  return { kind: "sum", length };
}

/** The bound of some roundings of the result, or of `floor` where results come from cancelling. */
export function close(units: number, floor = 0): Bound {
  return { kind: "close", units, floor };
}

/**
 * The bound of sums of up to `length` roundings that grow through intermediate results; `magnitudes` by the name of the
 * result.
 */
export function amplified(length: number, magnitudes: () => ReadonlyMap<string, Float64Array>): Bound {
  return { kind: "amplified", length, magnitudes };
}

export const EXACT: Bound = { kind: "exact" };

/** `values` rounded to float32, so that every engine sees the same numbers. */
export function float32(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(Float32Array.from(values));
}

export function input(name: string, values: ArrayLike<number>): Tensor {
  return { name, role: "input", length: values.length, values: Float64Array.from(values) };
}

export function pixels(name: string, bytes: Uint8Array): Tensor {
  return { name, role: "input", length: bytes.length, bytes };
}

export function output(name: string, length: number): Tensor {
  return { name, role: "output", length };
}

export function scratch(length: number): Tensor {
  return { name: "scratch", role: "scratch", length };
}

export function state(name: string, values: ArrayLike<number>): Tensor {
  return { name, role: "state", length: values.length, values: Float64Array.from(values) };
}

/** Standard normal numbers times `scale`, the same for the same name. */
export function normal(name: string, length: number, scale = 1): Float64Array {
  const stream = RandomStream.from(1, name);
  return float32(Float64Array.from({ length }, (_, i) => stream.normal(i) * scale));
}

/** Uniform numbers from `low` to `high`, the same for the same name. */
export function uniform(name: string, length: number, low = 0, high = 1): Float64Array {
  const stream = RandomStream.from(2, name);
  return float32(Float64Array.from({ length }, (_, i) => low + (high - low) * stream.uniform(i)));
}

/** Whole numbers from 0 to `count` - 1, the same for the same name. */
export function integers(name: string, length: number, count: number): Float64Array {
  const stream = RandomStream.from(3, name);
  return Float64Array.from({ length }, (_, i) => stream.integer(i, count));
}

/** The first arguments of a loss of labels: what it reads, and the losses, hits and gradients that it writes. */
export function classLossPlaces(
  [n, classes]: readonly [number, number],
  logits: Float64Array,
  labels: Float64Array,
): readonly Tensor[] {
  return [
    ...[input("logits", logits), input("labels", labels), sampleWeights(n)],
    ...[output("losses", n), output("correct", n), output("dlogits", n * classes)],
  ];
}

/** A weight for each of n samples of a loss; the first is 1, as all are where none are given. */
export function sampleWeights(n: number): Tensor {
  const weights = uniform("sample weights", n, 0, 2);
  weights[0] = 1;
  return input("weights", weights);
}
