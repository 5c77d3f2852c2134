/**
 * Largest errors of float32 results.
 *
 * @module
 */

import { type Backend, type Results, runCall } from "./arena.ts";
import type { KernelCall } from "./calls/call.ts";

/** Half a unit in the last place of 1: the largest relative error of one rounding to float32. */
const ROUNDING = 2 ** -24;

/** Roundings besides those of the products and sums: of the bias, of the result and of partial sums. */
const EXTRA_ROUNDINGS = 4;

/** The call with all inputs replaced by their magnitudes. */
function magnitudes(call: KernelCall): KernelCall {
  const args = call.args.map((argument) =>
    typeof argument === "number" || argument.values === undefined
      ? argument
      : { ...argument, values: argument.values.map(Math.abs) },
  );
  return { ...call, args };
}

/** The largest error of each element of each result. */
function allowances(exact: Backend, call: KernelCall, wanted: Results): ReadonlyMap<string, ArrayLike<number>> {
  const { bound } = call;
  if (bound.kind === "sum") {
    // |computed - exact| <= n u sum |a_i b_i| to first order (Higham, Accuracy and Stability of Numerical Algorithms, 3.5).
    const factor = (bound.length + EXTRA_ROUNDINGS) * ROUNDING;
    const sums = runCall(exact, magnitudes(bound.of ?? call));
    return new Map([...sums].map(([name, values]) => [name, values.map((value) => value * factor)]));
  }
  if (bound.kind === "amplified") {
    const factor = (bound.length + EXTRA_ROUNDINGS) * ROUNDING;
    return new Map([...bound.magnitudes()].map(([name, values]) => [name, values.map((value) => value * factor)]));
  }
  const units = bound.kind === "close" ? bound.units * ROUNDING : 0;
  const floor = bound.kind === "close" ? bound.floor : 0;
  return new Map(
    [...wanted].map(([name, values]) => [name, values.map((value) => units * Math.max(Math.abs(value), floor))]),
  );
}

/** The exact results of a call, and the largest error of each in float32. */
export interface Expectation {
  readonly wanted: Results;
  readonly allowed: ReadonlyMap<string, ArrayLike<number>>;
}

/** A result that misses its bound. */
export interface Miss {
  readonly array: string;
  readonly index: number;
  readonly expected: number;
  readonly got: number;
  readonly allowed: number;
}

/** Runs a call on exact kernels: the results of other kernels are compared with these. */
export function expectationOf(exact: Backend, call: KernelCall): Expectation {
  const wanted = runCall(exact, call);
  return { wanted, allowed: allowances(exact, call, wanted) };
}

/** The element that misses its bound by the most; undefined where all is well. */
export function worstMiss({ wanted, allowed }: Expectation, actual: Results): Miss | undefined {
  let worst = 1;
  let miss: Miss | undefined;
  for (const [array, values] of wanted) {
    const got = actual.get(array) ?? [];
    const limits = allowed.get(array) ?? [];
    values.forEach((expected, index) => {
      const value = got[index] ?? Number.NaN;
      if (Object.is(value, Math.fround(expected)) || (value === 0 && expected === 0)) return;
      const limit = limits[index];
      const error = Math.abs(value - expected);
      // NaN on one side only is the largest possible error.
      const ratio =
        error <= limit ? 0 : limit > 0 && error < Number.POSITIVE_INFINITY ? error / limit : Number.MAX_VALUE;
      if (ratio <= worst) return;
      worst = ratio;
      miss = { array, index, expected, got: value, allowed: limit };
    });
  }
  return miss;
}

/** A miss in words. */
export function missText({ array, index, expected, got, allowed }: Miss): string {
  const error = Math.abs(got - expected);
  return `"${array}" at ${index}: expected ${expected}, got ${got}, an error of ${error} where ${allowed} is allowed`;
}
