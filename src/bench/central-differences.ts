import { RandomStream } from "../numeric/random.ts";

const STEP = 1e-5;

/** Error allowed, as a share of the largest element of the gradient: differences of float64 are good for more. */
const BOUND = 1e-6;

/** An element of a gradient that central differences disagree with. */
export interface GradientMiss {
  readonly index: number;
  /** The derivative by differences. */
  readonly expected: number;
  readonly got: number;
}

/**
 * Compares a gradient with central differences.
 *
 * @param label chooses the elements, where there are more than `most`
 * @param value a scalar function of float64 precision; it may be called any number of times
 * @param point the argument at which to differentiate
 * @param gradient the derivative of `value` by each element of `point`
 * @param most elements that are checked
 * @returns the first element that is off by more than 1e-6 of the largest, undefined if there is none
 */
export function findGradientMiss(
  label: string,
  value: (point: Float64Array) => number,
  point: Float64Array,
  gradient: ArrayLike<number>,
  most = 64,
): GradientMiss | undefined {
  let largest = 1e-3;
  for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]));
  const choice = RandomStream.from(4, label);
  const count = Math.min(point.length, most);
  for (let i = 0; i < count; i++) {
    const index = count < point.length ? choice.integer(i, point.length) : i;
    const at = (shift: number) => {
      const moved = Float64Array.from(point);
      moved[index] += shift;
      return value(moved);
    };
    const expected = (at(STEP) - at(-STEP)) / (2 * STEP);
    // Negated, so that NaN fails.
    if (!(Math.abs(expected - gradient[index]) <= BOUND * largest)) return { index, expected, got: gradient[index] };
  }
  return undefined;
}
