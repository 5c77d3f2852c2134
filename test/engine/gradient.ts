/**
 * Gradient checks by central differences, in float64.
 *
 * @module
 */

import { expect } from "vitest";
import { type Backend, runCall } from "../../src/bench/arena.ts";
import type { KernelCall } from "../../src/bench/calls/call.ts";
import { findGradientMiss } from "../../src/bench/central-differences.ts";

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
  const miss = findGradientMiss(label, value, point, gradient);
  if (miss === undefined) return;
  expect.fail(`${label}: at ${miss.index} the gradient is ${miss.got}, the differences give ${miss.expected}`);
}
