import { describe, expect, it } from "vitest";
import { cos, exp, log, pow, sin } from "../../src/numeric/math.ts";
import { RandomStream } from "../../src/numeric/random.ts";

const INFINITY = Number.POSITIVE_INFINITY;
const SMALLEST = Number.MIN_VALUE;
const SMALLEST_NORMAL = 2 ** -1022;

const stream = RandomStream.from(1, "math");

/** `count` numbers spread over [low, high). */
function spread(low: number, high: number, count = 20_000): number[] {
  return Array.from({ length: count }, (_, i) => low + (high - low) * stream.uniform(i));
}

function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}

function worst(inputs: readonly number[], error: (x: number) => number): number {
  return inputs.reduce((most, x) => Math.max(most, error(x)), 0);
}

// Exact values by math.golden.py with mpmath 1.3, rounded to doubles.
const EXP: [number, number][] = [
  [-708.25, 2.5759248692837695e-308],
  [-100.125, 3.2829555262177533e-44],
  [-1, 0.36787944117144233],
  [-1e-9, 0.999999999],
  [1e-300, 1],
  [0.5, 1.6487212707001282],
  [1, 2.718281828459045],
  [10.75, 46630.028453524326],
  [350, 1.0070908870280797e152],
  [700.5, 1.6721859620674984e304],
  [709.78, 1.7928227943945155e308],
];
const SUBNORMAL_EXP: [number, number][] = [
  [-745, 5e-324],
  [-744.5, 5e-324],
  [-720.25, 1.5827029403e-313],
  [-708.5, 2.006132305331306e-308],
];
const LOG: [number, number][] = [
  [5e-324, -744.4400719213812],
  [3e-310, -712.7027665394861],
  [2.2250738585072014e-308, -708.3964185322641],
  [1e-100, -230.25850929940458],
  [0.1, -2.3025850929940455],
  [0.9999999, -1.0000000494736474e-7],
  [1.0000001, 9.999999505838704e-8],
  [2, Math.LN2],
  [1e10, 23.025850929940457],
  [1.7976931348623157e308, 709.782712893384],
];
const SIN: [number, number][] = [
  [1e-300, 1e-300],
  [1e-5, 9.999999999833334e-6],
  [Math.PI / 4, 0.7071067811865475],
  [Math.PI / 2, 1],
  [Math.PI, 1.2246467991473532e-16],
  [22, -0.008851309290403876],
  [355, -3.014435335948845e-5],
  [103993, -1.9129335778423752e-5],
  [999999.5, -0.756251087561678],
  [-2.5, -0.5984721441039565],
];
const COS: [number, number][] = [
  [1e-300, 1],
  [1e-5, 0.99999999995],
  [Math.PI / 4, 0.7071067811865476],
  [Math.PI / 2, 6.123233995736766e-17],
  [Math.PI, -1],
  [11, 0.004425697988050785],
  [355, -0.999999999545659],
  [103993, 0.9999999998170342],
  [999999.5, 0.654281508650351],
  [-2.5, -0.8011436155469337],
];
const POWER: [number, number, number][] = [
  [0.999, 1000, 0.36769542477096373],
  [0.9, 500, 1.322070819480823e-23],
  [2, 1023, 8.98846567431158e307],
  [2, -1, 0.5],
  [10, -3.5, 0.00031622776601683794],
  [0.1, 0.25, 0.5623413251903491],
  [1.0001, 12345.5, 3.4366194721201766],
  [1e-300, 0.5, 1e-150],
];

describe("exp", () => {
  it.each(EXP)("exp(%d) is %d", (x, expected) => expect(relativeError(exp(x), expected)).toBeLessThan(1e-15));

  it.each(SUBNORMAL_EXP)("exp(%d) is the subnormal %d, but for its last place", (x, expected) => {
    expect(Math.abs(exp(x) - expected)).toBeLessThanOrEqual(SMALLEST);
  });

  it.each([
    [-708, 709.78],
    [-1, 1],
    [-1e-4, 1e-4],
  ])("agrees with Math.exp from %d to %d", (low, high) => {
    expect(worst(spread(low, high), (x) => relativeError(exp(x), Math.exp(x)))).toBeLessThan(1e-15);
  });

  it("agrees with Math.exp to the last places below the normal numbers", () => {
    expect(worst(spread(-745, -708.4), (x) => Math.abs(exp(x) - Math.exp(x)) / SMALLEST)).toBeLessThanOrEqual(2);
  });

  it.each([
    [0, 1],
    [-0, 1],
    [INFINITY, INFINITY],
    [-INFINITY, 0],
    [709.8, INFINITY],
    [1e308, INFINITY],
    [-745.2, 0],
    [-1e308, 0],
    [Number.NaN, Number.NaN],
  ])("exp(%d) is %d", (x, expected) => expect(exp(x)).toBe(expected));

  it("never falls as x grows", () => {
    const inputs = [...spread(-745, 709.78), ...spread(-0.01, 0.01)].sort((a, b) => a - b);
    for (let i = 1; i < inputs.length; i++) expect(exp(inputs[i]) >= exp(inputs[i - 1])).toBe(true);
  });
});

describe("log", () => {
  it.each(LOG)("log(%d) is %d", (x, expected) => expect(relativeError(log(x), expected)).toBeLessThan(1e-15));

  it("agrees with Math.log over all magnitudes, subnormal numbers included", () => {
    const inputs = spread(-1074, 1024).map((exponent) => 2 ** exponent);
    expect(worst(inputs, (x) => relativeError(log(x), Math.log(x)))).toBeLessThan(1e-15);
  });

  it.each([
    [0.5, 2],
    [0.999999, 1.000001],
  ])("agrees with Math.log from %d to %d", (low, high) => {
    expect(worst(spread(low, high), (x) => relativeError(log(x), Math.log(x)))).toBeLessThan(1e-15);
  });

  it.each([
    [1, 0],
    [0, -INFINITY],
    [-0, -INFINITY],
    [INFINITY, INFINITY],
    [-SMALLEST, Number.NaN],
    [-INFINITY, Number.NaN],
    [Number.NaN, Number.NaN],
  ])("log(%d) is %d", (x, expected) => expect(log(x)).toBe(expected));
});

describe("sin and cos", () => {
  it.each(SIN)("sin(%d) is %d", (x, expected) => expect(Math.abs(sin(x) - expected)).toBeLessThan(3e-16));
  it.each(COS)("cos(%d) is %d", (x, expected) => expect(Math.abs(cos(x) - expected)).toBeLessThan(3e-16));

  it.each([1e6, 100, 1, 1e-3])("agree with Math.sin and Math.cos up to %d", (limit) => {
    const inputs = spread(-limit, limit);
    expect(worst(inputs, (x) => Math.abs(sin(x) - Math.sin(x)))).toBeLessThan(3e-16);
    expect(worst(inputs, (x) => Math.abs(cos(x) - Math.cos(x)))).toBeLessThan(3e-16);
  });

  it("are exact in relative terms for small angles", () => {
    const inputs = spread(-300, -1).map((exponent) => 10 ** exponent);
    expect(worst(inputs, (x) => relativeError(sin(x), Math.sin(x)))).toBeLessThan(3e-16);
  });

  it("stay in [-1, 1] and keep sin^2 + cos^2 at 1", () => {
    for (const x of spread(-1000, 1000)) {
      const [s, c] = [sin(x), cos(x)];
      expect(Math.abs(s) <= 1 && Math.abs(c) <= 1 && Math.abs(s * s + c * c - 1) < 5e-16).toBe(true);
    }
  });

  it("are odd and even", () => {
    for (const x of spread(0, 1000, 1000)) {
      expect(sin(-x)).toBe(-sin(x));
      expect(cos(-x)).toBe(cos(x));
    }
  });

  it.each([INFINITY, -INFINITY, Number.NaN])("of %d are NaN", (x) => {
    expect(sin(x)).toBeNaN();
    expect(cos(x)).toBeNaN();
  });
});

describe("pow", () => {
  it.each(POWER)("pow(%d, %d) is %d", (base, exponent, expected) => {
    const bound = (Math.abs(exponent) + Math.abs(exponent * Math.log(base)) + 4) * 2 ** -53;
    expect(relativeError(pow(base, exponent), expected)).toBeLessThan(bound);
  });

  it("stays within the bound of its docstring for whole and other exponents", () => {
    const bases = spread(0.5, 1.5, 2000);
    const exponents = spread(0, 600, 2000).reverse();
    for (let i = 0; i < bases.length; i++) {
      const whole = Math.floor(exponents[i]);
      expect(relativeError(pow(bases[i], whole), bases[i] ** whole)).toBeLessThan((whole + 2) * 2 ** -53);
      const bound = (4 * Math.abs(exponents[i] * Math.log(bases[i])) + 4) * 2 ** -53;
      expect(relativeError(pow(bases[i], exponents[i]), bases[i] ** exponents[i])).toBeLessThan(bound);
    }
  });

  it.each([
    [0, 0, 1],
    [5, 0, 1],
    [Number.NaN, 0, 1],
    [0, 2, 0],
    [0, 0.5, 0],
    [0, -1, INFINITY],
    [0, Number.NaN, Number.NaN],
    [2, Number.NaN, Number.NaN],
    [Number.NaN, 2, Number.NaN],
    [Number.NaN, 0.5, Number.NaN],
    [1, 1e9, 1],
    [1, 0.3, 1],
    [3, 4, 81],
    [0.5, 1074, SMALLEST],
    [0.5, 1100, 0],
    [2, 1024, INFINITY],
    [10, 400.5, INFINITY],
    [10, -400.5, 0],
    [INFINITY, 0.5, INFINITY],
    [INFINITY, -0.5, 0],
    [-2, 3, -8],
    [-2, 0.5, Number.NaN],
    [0.5, 2 ** 40, 0],
  ])("pow(%d, %d) is %d", (base, exponent, expected) => expect(pow(base, exponent)).toBe(expected));
});

describe("bits", () => {
  /** FNV-1a over the bytes of the doubles, low byte first. */
  function fingerprint(values: readonly number[]): number {
    const view = new DataView(new ArrayBuffer(8));
    let hash = 0x811c9dc5;
    for (const value of values) {
      view.setFloat64(0, value, true);
      for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193);
    }
    return hash >>> 0;
  }

  // A seed gives the same weights only as long as these stay. Taken from the functions themselves, alike on Node 20 and 24.
  it.each([
    ["exp", spread(-745, 709.78).map(exp), 1648418245],
    [
      "log",
      spread(0, SMALLEST_NORMAL * 2)
        .concat(spread(0, 1e3))
        .map(log),
      2437838430,
    ],
    ["sin", spread(-1e6, 1e6).concat(spread(-7, 7)).map(sin), 3963347095],
    ["cos", spread(-1e6, 1e6).concat(spread(-7, 7)).map(cos), 4023230016],
    ["pow", spread(0, 2).map((x, i) => pow(x, i % 2 === 0 ? 20 * x : i % 50)), 806708897],
    ["normal", Array.from({ length: 10_000 }, (_, i) => stream.normal(i)), 1801716901],
  ])("of %s are pinned", (_, values, expected) => expect(fingerprint(values)).toBe(expected));
});
