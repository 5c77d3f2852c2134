/**
 * Numbers that both sides compute from a place in an array, and what stands for a whole array in golden files. patterns.py
 * has the same functions.
 *
 * @module
 */

import { expect } from "vitest";
import { sizeOf } from "../../src/layers/shape.ts";
import type { Model } from "../../src/training/model.ts";

/** Salts of what is no parameter. */
export const IMAGES = 1 << 20;
const TOWARDS = 1 << 21;

/** Numbers in (-1, 1), odd multiples of 2^-12 / 2, which float32 holds exactly. */
export function pattern(salt: number, size: number): Float64Array {
  const key = Math.imul(salt, 0x9e3779b1);
  return Float64Array.from({ length: size }, (_, i) => {
    let x = i ^ key;
    x ^= x >>> 16;
    x = Math.imul(x, 0x85ebca6b);
    x ^= x >>> 13;
    x = Math.imul(x, 0xc2b2ae35);
    x ^= x >>> 16;
    return ((x >>> 20) - 2047.5) / 2048;
  });
}

/** The start of a parameter: its number among those that are trained, and the last part of its name. */
export function initial(number: number, kind: string, shape: readonly number[]): Float64Array {
  const values = pattern(number, sizeOf(shape));
  if (kind === "gamma") return values.map((value) => 1 + value / 4);
  if (kind !== "kernel") return values.map((value) => value / 4);
  const scale = 2 ** Math.floor(0.5 * Math.log2(6 / sizeOf(shape.slice(0, -1))));
  return values.map((value) => value * scale);
}

/** The sum of an array's squares, and its product with a pattern. */
export type Digest = readonly [squares: number, product: number];

/** @param number of the parameter or statistic among its like */
export function digest(number: number, values: ArrayLike<number>): Digest {
  const towards = pattern(TOWARDS + number, values.length);
  let [squares, product] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    squares += values[i] * values[i];
    product += values[i] * towards[i];
  }
  return [squares, product];
}

/** Names of a model's parameters in the order of its layers. */
export function namesOf({ architecture }: Model, which: "trained" | "statistics"): readonly string[] {
  const specs = architecture.parameters().filter(({ role }) => (role === "statistic") === (which === "statistics"));
  return specs.map(({ name }) => name);
}

/** A copy of a parameter's values, in the engine's precision. */
export function valuesOf({ network }: Model, name: string): Float64Array {
  const { offset, size } = network.parameters.get(name).value;
  return Float64Array.from(network.view(offset, size));
}

/**
 * Gives each trained parameter the start that patterns.py computes, too.
 *
 * @param shift added to all shifts of normalisations
 */
export function setInitial(model: Model, shift = 0): void {
  for (const [number, name] of namesOf(model, "trained").entries()) {
    const { spec } = model.network.parameters.get(name);
    const kind = name.slice(name.lastIndexOf("/") + 1);
    const values = initial(number, kind, spec.shape);
    model.setWeight(name, kind === "beta" ? values.map((value) => value + shift) : values);
  }
}

/**
 * Fails unless all arrays are as near to the wanted ones as `tolerance` times their norm, or a thousandth of the largest norm
 * of all: gradients may be sums of large terms that cancel, such as that of a shift before a normalisation.
 */
export function expectDigests(
  names: readonly string[],
  arrays: readonly ArrayLike<number>[],
  wanted: readonly Digest[],
  tolerance: number,
): void {
  expect(names.length).toBe(wanted.length);
  const norms = wanted.map(([squares]) => Math.sqrt(squares));
  const least = Math.max(...norms) / 1000;
  for (const [i, [, product]] of wanted.entries()) {
    const [squares, gotProduct] = digest(i, arrays[i]);
    const error = Math.max(Math.abs(Math.sqrt(squares) - norms[i]), Math.abs(gotProduct - product));
    const share = error / Math.max(norms[i], least);
    // Negated, so that NaN fails.
    if (!(share <= tolerance)) expect.fail(`${names[i]}: expected an error of at most ${tolerance}, got ${share}`);
  }
}
