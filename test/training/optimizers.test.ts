import { describe, expect, it } from "vitest";
import { adam, adamw, parseOptimizer, rmsprop, sgd } from "../../src/training/optimizers.ts";

describe.each([
  ["adam", adam],
  ["adamw", adamw],
  ["rmsprop", rmsprop],
] as const)("%s", (type, make) => {
  it.each([0, -1e-7, 1e-50])("refuses an epsilon of %d, with which 0 is divided by 0 in float32", (epsilon) => {
    expect(() => make({ epsilon })).toThrow(
      new RegExp(`^${type}: expected epsilon to be .*above 0.*, got ${epsilon}$`),
    );
    expect(() => parseOptimizer({ type, epsilon })).toThrow(RangeError);
  });

  it("takes the smallest one that float32 has, and none that is infinite there", () => {
    expect(make({ epsilon: 2 ** -149 }).config.epsilon).toBe(2 ** -149);
    expect(() => make({ epsilon: 1e39 })).toThrow(RangeError);
  });
});

it.each(["learningRate", "clipNorm"] as const)("%s must be above 0 and finite in float32", (name) => {
  for (const value of [0, 1e-50, 1e39]) {
    expect(() => sgd({ [name]: value })).toThrow(new RegExp(`^sgd: expected ${name} to be .*above 0.*, got `));
  }
  expect(sgd({ [name]: 1e-40 })).toBeDefined();
});

it.each([
  ["adam beta1", () => adam({ beta1: 1 })],
  ["adam beta2", () => adam({ beta2: 1 })],
  ["rmsprop rho", () => rmsprop({ rho: 1 })],
  ["sgd momentum", () => sgd({ momentum: 1 })],
] as const)("%s must be below 1, as nothing new would count otherwise", (_, make) => {
  expect(make).toThrow(RangeError);
});

describe("sgd", () => {
  it.each([
    [{ momentum: 0, nesterov: true }, "sgd: expected momentum above 0 for nesterov, got 0"],
    [{ dampening: 0.5 }, "sgd: expected momentum above 0 for dampening, got 0"],
    [{ momentum: 0.9, dampening: 0.5, nesterov: true }, "sgd: expected no dampening with nesterov, got 0.5"],
    [
      { momentum: 0.9, dampening: -0.5 },
      "sgd: expected dampening to be a finite number at least 0 and at most 1, got -0.5",
    ],
    [
      { momentum: 0.9, dampening: 1.5 },
      "sgd: expected dampening to be a finite number at least 0 and at most 1, got 1.5",
    ],
  ])("refuses %j", (options, message) => {
    expect(() => sgd(options)).toThrow(new RangeError(message));
  });

  it("keeps its options in a file, those too that change nothing", () => {
    const options = { type: "sgd", momentum: 0.9, dampening: 0.25, nesterov: false };
    expect(parseOptimizer(JSON.parse(JSON.stringify(parseOptimizer(options).config))).config).toEqual(options);
    expect(() => sgd({ momentum: 0.9, nesterov: true, dampening: 0 })).not.toThrow();
  });

  it("takes the first gradient whole and dampens those after it", () => {
    const { hyper } = sgd({ learningRate: 0.5, momentum: 0.9, dampening: 0.25 });
    expect([1, 2, 3].map((step) => hyper(step, 0.5))).toEqual([
      [0.5, 1, 1, 1],
      [0.5, 1, 0.75, 1],
      [0.5, 1, 0.75, 1],
    ]);
  });
});
