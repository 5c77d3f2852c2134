/**
 * Elementary functions that give the same bits in every JavaScript engine.
 *
 * `Math.exp`, `Math.sin` and the like may differ in the last place between engines and their versions, which would give
 * a seed other weights elsewhere. These use only `+ - * /` and `Math.sqrt`, which IEEE 754 fixes. Errors are
 * below 1e-15 relative (exp, log) or absolute (sin, cos) for the ranges stated.
 *
 * @module
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** 2 to the whole power `n`, for n in [-1074, 1023]. */
function powerOfTwo(n: number): number {
  let result = 1;
  const factor = n < 0 ? 0.5 : 2;
  for (let i = Math.abs(n); i > 0; i--) result *= factor;
  return result;
}

/** e to the power `x`; 0 below -745, Infinity above 709.78. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.78) return Number.POSITIVE_INFINITY;
  if (x < -745) return 0;
  const n = Math.round(x / Math.LN2);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  // Taylor series in Horner form; |r| <= 0.35, so the 14th term is below 1e-17.
  let sum = 1;
  for (let i = 14; i > 0; i--) sum = 1 + (r * sum) / i;
  // Two factors, because 2^n alone can overflow or underflow where the product does not.
  const half = Math.trunc(n / 2);
  return sum * powerOfTwo(half) * powerOfTwo(n - half);
}

/** Natural logarithm of `x`; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let n = 0;
  let m = x;
  while (m > Math.SQRT2) {
    m /= 2;
    n++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    n--;
  }
  // log m = 2 artanh(z), z = (m - 1) / (m + 1), |z| <= 0.1716.
  const z = (m - 1) / (m + 1);
  const z2 = z * z;
  let sum = 0;
  for (let i = 25; i >= 1; i -= 2) sum = sum * z2 + 1 / i;
  return n * LN2_HIGH + (2 * z * sum + n * LN2_LOW);
}

/** Sine and cosine of `x` radians, |x| up to 1e6. */
function sinCos(x: number): [sin: number, cos: number] {
  const n = Math.round(x / (Math.PI / 2));
  const r = x - n * HALF_PI_HIGH - n * HALF_PI_LOW;
  const r2 = r * r;
  let s = 1;
  let c = 1;
  // |r| <= pi/4: the 19th and 20th terms are below 1e-18.
  for (let i = 18; i > 0; i -= 2) {
    s = 1 - (r2 * s) / (i * (i + 1));
    c = 1 - (r2 * c) / (i * (i - 1));
  }
  s *= r;
  switch (((n % 4) + 4) % 4) {
    case 0:
      return [s, c];
    case 1:
      return [c, -s];
    case 2:
      return [-s, -c];
    default:
      return [-c, s];
  }
}

/** Sine of `x` radians, |x| up to 1e6. */
export function sin(x: number): number {
  return sinCos(x)[0];
}

/** Cosine of `x` radians, |x| up to 1e6. */
export function cos(x: number): number {
  return sinCos(x)[1];
}

/**
 * `base` to the power `exponent`, base >= 0.
 *
 * The relative error grows with the exponent, to about `|exponent| * 2^-53` for whole ones (repeated multiplication) and
 * `|exponent * log(base)| * 2^-51` for others.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (Number.isNaN(exponent)) return exponent;
  if (base === 0) return exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (Number.isInteger(exponent) && exponent > 0 && exponent < 2 ** 31) {
    let result = 1;
    let factor = base;
    for (let n = exponent; n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result *= factor;
      factor *= factor;
    }
    return result;
  }
  return exp(exponent * log(base));
}
