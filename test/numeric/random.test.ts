import { describe, expect, it } from "vitest";
import { mix32, permutation, RandomStream } from "../../src/numeric/random.ts";
import { correlation } from "./correlation.ts";

const stream = RandomStream.from(1, "test");

function numbers(count: number, at: (index: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => at(i));
}

/** Chi-square of counts that should be equal, as deviations from its mean. */
function chiSquareDeviations(counts: ArrayLike<number>): number {
  const list = Array.from(counts);
  const expected = list.reduce((sum, count) => sum + count, 0) / list.length;
  const chiSquare = list.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = list.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

/** Correlation of two lists, in standard errors. */
function errorsOf(a: Float64Array, b: Float64Array): number {
  return correlation(a, b) * Math.sqrt(a.length);
}

// Figures by random.golden.py, which states the generator in Python's whole numbers.
describe("pinned numbers", () => {
  it("mix32", () => {
    expect([0, 1, 2, 0x80000000, 0xffffffff].map(mix32)).toEqual([0, 1753845952, 3507691905, 3427483940, 1734902346]);
    expect(mix32(-1)).toBe(mix32(0xffffffff));
  });

  it.each([
    [0, "", [33350994, 520022130], [2954219348, 551953807, 1782262846, 602862452], [1712138735, 263454304]],
    [
      1,
      "shuffle",
      [3244379841, 2140882574],
      [4199189314, 1419014131, 3164124880, 1438310384],
      [3466211651, 3067162590],
    ],
    [
      7,
      "weights/c1",
      [1737084722, 3081611695],
      [1050542053, 3652221466, 528645232, 575036061],
      [2286042159, 1165479910],
    ],
    [
      2 ** 32 + 7,
      "weights/c1",
      [2423450078, 2256153791],
      [1375094877, 1822949102, 3080288694, 3353626661],
      [3607719439, 4267758316],
    ],
    [
      2 ** 53 - 1,
      "größe",
      [854418850, 26864931],
      [4071042698, 543802039, 1938913792, 3540143373],
      [632985921, 936677977],
    ],
  ])("seed %d, stream %j", (seed, name, keys, bits, child) => {
    const pinned = RandomStream.from(seed, name);
    expect([pinned.key0, pinned.key1]).toEqual(keys);
    expect([0, 1, 1000, 2 ** 32 - 1].map((index) => pinned.bits(index))).toEqual(bits);
    expect([pinned.child(3).key0, pinned.child(3).key1]).toEqual(child);
  });

  it("normal and permutation", () => {
    const shuffle = RandomStream.from(1, "shuffle");
    const normals = [-0.10277015403749, 0.1692022069841, 0.48834359601321, 1.1720746205524];
    for (let i = 0; i < 4; i++) expect(shuffle.normal(i)).toBeCloseTo(normals[i], 12);
    expect([...permutation(10, shuffle)]).toEqual([1, 0, 2, 8, 9, 5, 3, 7, 6, 4]);
  });
});

describe("RandomStream", () => {
  it.each([-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("refuses the seed %d", (seed) => {
    expect(() => RandomStream.from(seed, "a")).toThrow(RangeError);
    expect(() => RandomStream.from(seed, "a")).toThrow(`seed: expected a whole number from 0 to 2^53 - 1, got ${seed}`);
  });

  it("keeps uniform numbers in [0, 1) and whole numbers below their count", () => {
    expect(numbers(100_000, (i) => stream.uniform(i)).every((x) => x >= 0 && x < 1)).toBe(true);
    expect(new Set(numbers(1000, (i) => stream.integer(i, 7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    // The largest draw of all, just below 1, still gives the last number.
    expect(Math.floor(((2 ** 32 - 1) / 2 ** 32) * 1_000_000)).toBe(999_999);
    expect(stream.integer(0, 1)).toBe(0);
  });

  it.each([
    ["high", 22],
    ["middle", 11],
    ["low", 0],
  ])("spreads evenly: the %s ten bits", (_, shift) => {
    const counts = new Uint32Array(1024);
    for (let i = 0; i < 2 ** 18; i++) counts[(stream.bits(i) >>> shift) & 1023]++;
    expect(Math.abs(chiSquareDeviations(counts))).toBeLessThan(4);
  });

  it("spreads evenly over a count that is no power of two", () => {
    const counts = new Uint32Array(10);
    for (let i = 0; i < 100_000; i++) counts[stream.integer(i, 10)]++;
    expect(Math.abs(chiSquareDeviations(counts))).toBeLessThan(4);
  });

  it("spreads pairs of neighbours evenly", () => {
    const counts = new Uint32Array(32 * 32);
    for (let i = 0; i < 2 ** 18; i++) counts[stream.integer(2 * i, 32) * 32 + stream.integer(2 * i + 1, 32)]++;
    expect(Math.abs(chiSquareDeviations(counts))).toBeLessThan(4);
  });

  it("has no serial correlation", () => {
    const values = numbers(100_000, (i) => stream.uniform(i));
    for (const lag of [1, 2, 3, 4, 7, 8, 16, 28, 64, 784, 1024]) {
      const deviations = errorsOf(values.subarray(0, -lag), values.subarray(lag));
      expect(Math.abs(deviations), `lag ${lag}`).toBeLessThan(4);
    }
  });

  it("has no correlation between neighbouring children, seeds, or names", () => {
    const count = 20_000;
    const values = (of: RandomStream) => numbers(count, (i) => of.uniform(i));
    const pairs: [string, RandomStream, RandomStream][] = [
      ["children", stream.child(0), stream.child(1)],
      ["parent and child", stream, stream.child(0)],
      ["grandchildren", stream.child(1).child(2), stream.child(2).child(1)],
      ["seeds", RandomStream.from(1, "a"), RandomStream.from(2, "a")],
      ["high seeds", RandomStream.from(1, "a"), RandomStream.from(1 + 2 ** 32, "a")],
      ["names", RandomStream.from(1, "a"), RandomStream.from(1, "b")],
    ];
    for (const [what, a, b] of pairs) expect(Math.abs(errorsOf(values(a), values(b))), what).toBeLessThan(4);
    // Draw i of many children, and the first draw of many seeds.
    const first = numbers(count, (i) => stream.child(i).uniform(0));
    const second = numbers(count, (i) => stream.child(i).uniform(1));
    const seeds = numbers(count, (i) => RandomStream.from(i, "a").uniform(0));
    for (const list of [first, second, seeds]) {
      expect(Math.abs(errorsOf(list.subarray(0, -1), list.subarray(1)))).toBeLessThan(4);
    }
    expect(Math.abs(errorsOf(first, second))).toBeLessThan(4);
  });

  const samples = 2000;
  const avalanches: [string, number, (sample: number, bit: number) => [number, number]][] = [
    [
      "index",
      32,
      (sample, bit) => {
        const index = mix32(sample + 1);
        return [stream.bits(index), stream.bits((index ^ (1 << bit)) >>> 0)];
      },
    ],
    [
      "seed",
      53,
      (sample, bit) => {
        const seed = mix32(2 * sample) * 2 ** 21 + (mix32(2 * sample + 1) >>> 11);
        const power = 2 ** bit;
        const flipped = Math.floor(seed / power) % 2 === 1 ? seed - power : seed + power;
        return [RandomStream.from(seed, "a").bits(5), RandomStream.from(flipped, "a").bits(5)];
      },
    ],
    [
      "name",
      16,
      (sample, bit) => {
        const name = (last: number) => `layer${sample}/${String.fromCharCode(last)}`;
        const code = mix32(sample) & 0xffff;
        return [RandomStream.from(9, name(code)).bits(5), RandomStream.from(9, name(code ^ (1 << bit))).bits(5)];
      },
    ],
    [
      "child",
      32,
      (sample, bit) => {
        const id = mix32(sample + 7);
        return [stream.child(id).bits(5), stream.child((id ^ (1 << bit)) >>> 0).bits(5)];
      },
    ],
  ];
  it.each(avalanches)("flips half of the bits when one bit of the %s flips", (_, inputBits, pair) => {
    let worst = 0;
    for (let bit = 0; bit < inputBits; bit++) {
      const flips = new Uint32Array(32);
      for (let sample = 0; sample < samples; sample++) {
        const [a, b] = pair(sample, bit);
        for (let out = 0, changed = a ^ b; out < 32; out++) flips[out] += (changed >>> out) & 1;
      }
      for (const count of flips) worst = Math.max(worst, Math.abs(count - samples / 2) / Math.sqrt(samples / 4));
    }
    // The largest of up to 1,700 standard normal figures is about 3.3; 5 is once in a thousand.
    expect(worst).toBeLessThan(5);
  });
});

describe("normal", () => {
  const values = numbers(200_000, (i) => stream.normal(i));

  it("fills the tenths of the normal distribution evenly", () => {
    const limits = [-1.2815515655, -0.8416212336, -0.5244005127, -0.2533471031, 0];
    const all = [...limits, 0.2533471031, 0.5244005127, 0.8416212336, 1.2815515655];
    const counts = new Uint32Array(10);
    for (const value of values) counts[all.filter((limit) => value > limit).length]++;
    expect(Math.abs(chiSquareDeviations(counts))).toBeLessThan(4);
  });

  it("has the mean, variance and tails of the normal distribution, and no serial correlation", () => {
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    const error = 1 / Math.sqrt(values.length);
    expect(Math.abs(moment(1))).toBeLessThan(4 * error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2) * error);
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15) * error);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96) * error);
    expect(values.filter((x) => Math.abs(x) > 3).length / values.length).toBeCloseTo(0.0027, 3);
    expect(Math.abs(errorsOf(values.subarray(0, -1), values.subarray(1)))).toBeLessThan(4);
  });

  it("is always finite", () => expect(values.every(Number.isFinite)).toBe(true));
});

describe("permutation", () => {
  it.each([0, 1, 2, 3, 10, 60_000])("of %d holds each number once", (count) => {
    expect([...permutation(count, stream)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it("gives all 24 orders of four equally often", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = permutation(4, stream.child(i)).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquareDeviations([...counts.values()]))).toBeLessThan(4);
  });

  it("sends every element to every place equally often", () => {
    const count = 20;
    const counts = new Uint32Array(count * count);
    for (let i = 0; i < 20_000; i++) {
      permutation(count, stream.child(i)).forEach((element, place) => {
        counts[element * count + place]++;
      });
    }
    expect(Math.abs(chiSquareDeviations(counts))).toBeLessThan(4);
  });

  it("repeats for a stream and changes with it", () => {
    expect(permutation(100, stream)).toEqual(permutation(100, stream));
    expect(permutation(100, stream)).not.toEqual(permutation(100, stream.child(1)));
  });
});
