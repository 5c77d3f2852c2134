import { exp } from "../../numeric/math.ts";

/** Numbers of standard deviations from which on the series takes more terms than the fraction. */
const TAIL = 3;

/**
 * Distribution function of the standard normal distribution, to 1e-15 and the same bits everywhere.
 *
 * Near the middle the series of Abramowitz and Stegun (1964), 26.2.11; in the tails the continued fraction 26.2.14.
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  const density = exp(-0.5 * size * size) / Math.sqrt(2 * Math.PI);
  if (size < TAIL) {
    let term = size;
    let sum = size;
    for (let i = 3; term > 1e-17 * sum; i += 2) {
      term *= (size * size) / i;
      sum += term;
    }
    return 0.5 + Math.sign(x) * density * sum;
  }
  let fraction = size;
  for (let i = 60; i >= 1; i--) fraction = size + i / fraction;
  const tail = density / fraction;
  return x < 0 ? tail : 1 - tail;
}
