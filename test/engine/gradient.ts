/**
 * Gradient checks by central differences, in float64.
 *
 * @module
 */

import { expect } from "vitest";
import { type Backend, runCall } from "../../src/bench/arena.ts";
import type { KernelCall } from "../../src/bench/calls/call.ts";
import { RandomStream } from "../../src/numeric/random.ts";

/** More elements than this are checked by a sample of that many. */
const MOST_ELEMENTS = 64;

const STEP = 1e-5;

/** The sum of the products of two arrays. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`dot: expected equal lengths, got ${a.length} and ${b.length}`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The one named result of a call. */
export function resultOf(backend: Backend, call: KernelCall, name: string): Float64Array {
  const result = runCall(backend, call).get(name);
  if (result === undefined) throw new RangeError(`${call.kernel}: no result "${name}"`);
  return Float64Array.from(result);
}

/**
 * Compares a gradient with central differences of `value` at `point`, to a relative error of 1e-6.
 *
 * @param label for messages
 * @param value a scalar function; it may be called any number of times
 * @param point where to differentiate
 * @param gradient the derivative of `value` by each element of `point`
 */
export function expectGradient(
  label: string,
  value: (point: Float64Array) => number,
  point: Float64Array,
  gradient: ArrayLike<number>,
): void {
  expect(gradient.length, label).toBe(point.length);
  const largest = Math.max(...Array.from(gradient, Math.abs), 1e-3);
  const choice = RandomStream.from(4, label);
  const count = Math.min(point.length, MOST_ELEMENTS);
  for (let i = 0; i < count; i++) {
    const index = count < point.length ? choice.integer(i, point.length) : i;
    const at = (shift: number) => value(point.map((element, j) => (j === index ? element + shift : element)));
    const numeric = (at(STEP) - at(-STEP)) / (2 * STEP);
    const error = Math.abs(numeric - gradient[index]);
    // Negated, so that NaN fails.
    if (!(error <= 1e-6 * largest)) {
      expect.fail(`${label}: at ${index} the gradient is ${gradient[index]}, the differences give ${numeric}`);
    }
  }
}
