/**
 * The Gauss error function for the reference GELU.
 *
 * @module
 */

const SQRT_PI = Math.sqrt(Math.PI);

/**
 * erf by its series without cancellation, (2/sqrt(pi)) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!! (Abramowitz & Stegun
 * 7.1.6).
 */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum;
}

/** erfc for x >= 2 by its continued fraction (Abramowitz & Stegun 7.1.14), evaluated from the 60th partial quotient. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 60; n > 0; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (SQRT_PI * tail);
}

/** 1 - erf(x); absolute error below 1e-15, relative error below 1e-13 for x up to 26. */
export function erfc(x: number): number {
  if (x >= 2) return erfcFraction(x);
  if (x <= -2) return 2 - erfcFraction(-x);
  return 1 - erfSeries(x);
}

/** The error function; absolute error below 1e-15. */
export function erf(x: number): number {
  return Math.abs(x) < 2 ? erfSeries(x) : 1 - erfc(x);
}
