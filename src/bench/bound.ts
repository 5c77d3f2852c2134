/**
 * How far a float32 result may be from the exact one.
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
    const sums = runCall(exact, magnitudes(call));
    return new Map([...sums].map(([name, values]) => [name, values.map((value) => value * factor)]));
  }
  const units = bound.kind === "close" ? bound.units * ROUNDING : 0;
  const floor = bound.kind === "close" ? bound.floor : 0;
  return new Map(
    [...wanted].map(([name, values]) => [name, values.map((value) => units * Math.max(Math.abs(value), floor))]),
  );
}

/** The worst element of a result that misses its bound, in words; undefined where all is well. */
export function worstMiss(exact: Backend, call: KernelCall, actual: Results): string | undefined {
  const wanted = runCall(exact, call);
  const allowed = allowances(exact, call, wanted);
  let worst = 1;
  let message: string | undefined;
  for (const [name, values] of wanted) {
    const got = actual.get(name);
    const limits = allowed.get(name);
    if (got === undefined || limits === undefined) return `${call.kernel}, ${call.label}: no result "${name}"`;
    values.forEach((value, i) => {
      if (Object.is(got[i], Math.fround(value)) || (got[i] === 0 && value === 0)) return;
      const error = Math.abs(got[i] - value);
      const ratio =
        error <= limits[i] ? error / limits[i] : limits[i] === 0 ? Number.POSITIVE_INFINITY : error / limits[i];
      if (ratio <= worst) return;
      worst = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
      message =
        `${call.kernel}, ${call.label}: "${name}" at ${i}: expected ${value}, got ${got[i]}, ` +
        `an error of ${error} where ${limits[i]} is allowed`;
    });
  }
  return message;
}
