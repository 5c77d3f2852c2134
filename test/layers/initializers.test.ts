import { describe, expect, it } from "vitest";
import type { Json } from "../../src/json.ts";
import {
  fans,
  type Initializer,
  type InitializerName,
  initialize,
  parseInitializer,
} from "../../src/layers/initializers.ts";
import { RandomStream } from "../../src/numeric/random.ts";

const stream = RandomStream.from(1, "weights");
const FANS = { fanIn: 50, fanOut: 200 };

function filled(initializer: Initializer, length = 100_000, by = FANS): Float32Array {
  const target = new Float32Array(length).fill(Number.NaN);
  initialize(target, initializer, by, stream);
  return target;
}

interface Moments {
  mean: number;
  deviation: number;
  kurtosis: number;
}

function moments(values: Float32Array): Moments {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0) / values.length;
  const variance = central(2);
  return { mean, deviation: Math.sqrt(variance), kurtosis: central(4) / variance ** 2 };
}

describe("initialize", () => {
  // Limits and deviations worked out by hand for 50 inputs and 200 outputs.
  const uniforms: [InitializerName, number][] = [
    ["glorotUniform", 0.1549193338], // sqrt(6 / 250)
    ["heUniform", 0.3464101615], // sqrt(6 / 50)
    ["lecunUniform", 0.2449489743], // sqrt(3 / 50)
  ];
  it.each(uniforms)("%s lies within its limit and fills it evenly", (name, limit) => {
    const values = filled(name);
    const { mean, kurtosis } = moments(values);
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(limit));
    expect(Math.max(...values)).toBeGreaterThan(limit * 0.999);
    expect(Math.min(...values)).toBeLessThan(limit * -0.999);
    expect(Math.abs(mean)).toBeLessThan(limit * 0.01);
    expect(kurtosis).toBeCloseTo(1.8, 1);
  });

  const normals: [InitializerName, number][] = [
    ["glorotNormal", 0.0894427191], // sqrt(2 / 250)
    ["heNormal", 0.2], // sqrt(2 / 50)
    ["lecunNormal", 0.1414213562], // sqrt(1 / 50)
  ];
  it.each(normals)("%s has its deviation, mean 0 and normal tails", (name, expected) => {
    const values = filled(name);
    const { mean, deviation, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(expected * 0.015);
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.01);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.1);
    // Not truncated: about 4.6 % lie beyond two deviations.
    const beyond = values.filter((x) => Math.abs(x) > 2 * expected).length / values.length;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.003);
  });

  it("takes plain normal and uniform figures", () => {
    const { mean, deviation } = moments(filled({ type: "normal", mean: 3, deviation: 0.5 }));
    expect(mean).toBeCloseTo(3, 2);
    expect(deviation).toBeCloseTo(0.5, 2);
    expect(moments(filled({ type: "normal", deviation: 0.01 })).mean).toBeCloseTo(0, 3);
    const values = filled({ type: "uniform", minimum: -1, maximum: 3 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    expect(moments(values).mean).toBeCloseTo(1, 1);
  });

  it("fills with one value", () => {
    expect([...filled("zeros", 3)]).toEqual([0, 0, 0]);
    expect([...filled("ones", 3)]).toEqual([1, 1, 1]);
    expect([...filled({ type: "constant", value: 0.1 }, 2)]).toEqual([Math.fround(0.1), Math.fround(0.1)]);
  });

  const all: readonly Initializer[] = [
    ...uniforms.map(([name]) => name),
    ...normals.map(([name]) => name),
    { type: "constant", value: 0.1 },
    { type: "normal", deviation: 1 },
    { type: "uniform", minimum: -1, maximum: 1 },
  ];
  it.each(all)("starts a float64 heap as a float32 heap, and short arrays as long ones: %j", (initializer) => {
    const wide = new Float64Array(1000);
    initialize(wide, initializer, FANS, stream);
    const narrow = filled(initializer, 1000);
    expect([...wide]).toEqual([...narrow]);
    expect([...filled(initializer, 10)]).toEqual([...narrow.subarray(0, 10)]);
  });

  it("draws the same weights for ever", () => {
    const pinned = new Float32Array(4);
    initialize(pinned, "heNormal", { fanIn: 10, fanOut: 3 }, RandomStream.from(1, "a"));
    expect([...pinned]).toEqual([-0.028545614331960678, 0.20390181243419647, -0.1138824075460434, 0.35875582695007324]);
  });

  it("refuses fans that are not positive where they count", () => {
    const none = { fanIn: 0, fanOut: 0 };
    expect(() => filled("heNormal", 1, none)).toThrow(/initialize "he": expected fanIn to be a finite number above 0/);
    expect([...filled("ones", 1, none)]).toEqual([1]);
  });
});

describe("fans", () => {
  it("counts dense weights and filters", () => {
    expect(fans([784, 10], "dense")).toEqual({ fanIn: 784, fanOut: 10 });
    expect(fans([3, 5, 32, 64], "conv2d")).toEqual({ fanIn: 480, fanOut: 960 });
    expect(fans([3, 3, 1, 32], "conv2d")).toEqual({ fanIn: 9, fanOut: 288 });
  });

  it.each([
    [[3, 3, 1], "conv2d"],
    [[3], "dense"],
    [[3, 0], "dense"],
    [[3, 1.5], "dense"],
  ] as const)("refuses %j as %s", (shape, kind) => {
    expect(() => fans(shape, kind)).toThrow(RangeError);
  });
});

describe("parseInitializer", () => {
  it("comes back from JSON as it was", () => {
    const list: Initializer[] = [
      "glorotUniform",
      "zeros",
      { type: "constant", value: -2 },
      { type: "normal", mean: 0, deviation: 0.1 },
      { type: "uniform", minimum: -1, maximum: 1 },
    ];
    const json: Json = list;
    expect(json).toBe(list);
    for (const entry of list) expect(parseInitializer(JSON.parse(JSON.stringify(entry)), "d1")).toEqual(entry);
  });

  it("fills in the mean and takes a name in an object", () => {
    expect(parseInitializer({ type: "normal", deviation: 1 }, "d1")).toEqual({ type: "normal", mean: 0, deviation: 1 });
    expect(parseInitializer({ type: "heNormal" }, "d1")).toBe("heNormal");
  });

  it.each([
    [undefined, TypeError, 'dense "d1": expected one of glorotUniform'],
    ["he", RangeError, 'got "he"'],
    ["constant", TypeError, 'dense "d1" "constant": expected an object'],
    [{ type: "zeros", value: 1 }, TypeError, 'expected no options, got "value"'],
    [{ type: "constant" }, TypeError, "expected value to be"],
    [{ type: "constant", value: 1e39 }, RangeError, "got 1e+39"],
    [{ type: "normal", deviation: -1 }, RangeError, "at least 0"],
    [{ type: "normal", sigma: 1 }, TypeError, '"sigma"'],
    [{ type: "uniform", minimum: 1, maximum: 0 }, RangeError, "at least 1"],
    [{ type: "uniform", minimum: "0", maximum: 0 }, TypeError, "expected minimum"],
  ])("refuses %j", (json, kind, message) => {
    expect(() => parseInitializer(json, 'dense "d1"')).toThrow(kind);
    expect(() => parseInitializer(json, 'dense "d1"')).toThrow(message);
  });
});
