import { describe, expect, it } from "vitest";
import { cornersOf } from "../../src/search/corners.ts";
import { gridValues, isActive, placeOf, readSpace, valueAt, valuesOf } from "../../src/search/space.ts";
import { readSpaceFile } from "../../src/search/space-file.ts";
import { runIndex, runName, runsOf, trialResult } from "../../src/search/trial.ts";

const domainOf = (input: object) => readSpace({ x: input }).parameters[0].domain;

describe("a space", () => {
  it("has values at places of its domains, spread as they are", () => {
    expect([0, 0.5, 0.999].map((place) => valueAt(domainOf({ choice: ["a", "b"] }), place))).toEqual(["a", "b", "b"]);
    expect(valueAt(domainOf({ range: [2, 4] }), 0.25)).toBe(2.5);
    expect(valueAt(domainOf({ log: [0.01, 1] }), 0.5)).toBeCloseTo(0.1, 12);
    const steps = domainOf({ range: [0.1, 0.5], step: 0.1 });
    expect(Array.from({ length: 5 }, (_, i) => valueAt(steps, (i + 0.5) / 5))).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    const whole = domainOf({ log: [1, 4], int: true });
    const seen = Array.from({ length: 1000 }, (_, i) => valueAt(whole, i / 1000));
    expect([...new Set(seen)]).toEqual([1, 2, 3, 4]);
    expect([domainOf({ int: [8, 32], step: 8 }), whole].map(valuesOf)).toEqual([4, 4]);
  });

  it.each([
    { choice: [1, 2, 3] },
    { range: [-1, 3] },
    { int: [3, 9] },
    { log: [0.001, 10] },
    { log: [1, 64], int: true },
  ])("finds the place of a value of %j again", (input) => {
    const domain = domainOf(input);
    for (const place of [0.01, 0.3, 0.77]) {
      const value = valueAt(domain, place);
      expect(valueAt(domain, placeOf(domain, value))).toEqual(
        typeof value === "number" ? expect.closeTo(value, 9) : value,
      );
    }
  });

  it("gives a grid all of its values, or some between its ends", () => {
    expect(gridValues(domainOf({ int: [1, 3] }), 9)).toEqual([1, 2, 3]);
    expect(gridValues(domainOf({ range: [0, 1] }), 3)).toEqual([0, 0.5, 1]);
    expect(gridValues(domainOf({ log: [0.01, 1] }), 3)).toEqual([0.01, expect.closeTo(0.1, 12), 1]);
  });

  it("has parameters that count under conditions, on those before them and on settings of train", () => {
    const space = readSpace(
      {
        optimizer: { choice: ["sgd", "adam"] },
        momentum: { range: [0, 0.9], when: { optimizer: "sgd", model: ["conv8"] } },
      },
      { model: "conv8" },
    );
    const [, momentum] = space.parameters;
    expect(isActive(momentum, { optimizer: "sgd" }, space)).toBe(true);
    expect(isActive(momentum, { optimizer: "adam" }, space)).toBe(false);
    expect(cornersOf(space)).toEqual([
      { optimizer: "sgd", momentum: 0.45 },
      { optimizer: "adam" },
      { optimizer: "sgd", momentum: 0 },
      { optimizer: "sgd", momentum: 0.9 },
    ]);
  });

  it.each([
    [{}, "space: expected at least one parameter, got none"],
    [{ x: {} }, "space: x: expected one of choice, range, int, log, got none"],
    [{ x: { range: [0, 1], choice: [1] } }, "space: x: expected one of choice, range, int, log, got choice and range"],
    [{ x: { choice: [] } }, "space: x: choice: expected at least one value, got none"],
    [{ x: { choice: [1, 1] } }, "space: x: choice: expected each value once, got [1,1]"],
    [{ x: { range: [1, 1] } }, "space: x: range: expected a highest value above the lowest, 1, got 1"],
    [{ x: { log: [0, 1] } }, "space: x: log: expected lowest to be a finite number above 0, got 0"],
    [{ x: { int: [0, 1.5] } }, "space: x: int: expected highest to be a whole number, got 1.5"],
    [{ x: { log: [1, 2], step: 1 } }, "space: x: step: expected range or int, got log"],
    [
      { x: { range: [0, 1], step: 2 } },
      "space: x: range: expected step to be a finite number above 0 and at most 1, got 2",
    ],
    [{ x: { rang: [0, 1] } }, 'space: x: expected only the keys choice, range, int, log, step, when, got "rang"'],
    [
      { x: { choice: [1], when: { y: 2 } } },
      'space: x: when: expected a parameter before it, or a setting of train: epochs, got "y"',
    ],
    [{ y: { choice: [1] }, x: { choice: [1], when: { y: 2 } } }, "space: x: when: y: expected one of 1, got 2"],
    [{ epochs: { choice: [1] } }, "space: epochs: expected a setting that train has not, got one that it has"],
  ])("refuses %j", (json, message) => {
    expect(() => readSpace(json, { epochs: 1 })).toThrow(message);
  });

  it("comes with settings of the search, of which those that are given go before the file's", () => {
    const file = { space: { lr: { log: [0.01, 1] } }, way: "grid", folds: 3 };
    expect(readSpaceFile(file, { folds: 5 }).plan).toMatchObject({
      way: "grid",
      folds: 5,
      seeds: 1,
      metric: "valAccuracy",
    });
    expect(() => readSpaceFile({ ...file, way: "best" })).toThrow("search: expected way to be one of grid, random");
    expect(() => readSpaceFile({ ...file, trails: 3 })).toThrow('got "trails"');
  });
});

describe("a trial", () => {
  const plan = { folds: 2, seeds: 2, seed: 7 };

  it("has a run for each seed and fold, each with a number and a folder of its own", () => {
    const runs = runsOf({ index: 3, settings: { lr: 1 }, from: 1, budget: 2 }, plan);
    expect(runs.map(({ index, seed, fold, from }) => [index, seed, fold?.index, from])).toEqual([
      [12, 7, 0, 4],
      [13, 7, 1, 5],
      [14, 8, 0, 6],
      [15, 8, 1, 7],
    ]);
    expect(runs.map((run) => runName(run, plan))).toEqual([
      "000003-seed7-fold1",
      "000003-seed7-fold2",
      "000003-seed8-fold1",
      "000003-seed8-fold2",
    ]);
    expect(runIndex(3, 2, plan)).toBe(14);
  });

  it("has the mean of its runs, and none if one of them failed", () => {
    const run = { trial: 0, status: "done", metrics: {}, epochs: 2 } as const;
    const runs = [
      { ...run, index: 0, value: 0.5, curve: [0.25, 0.5] },
      { ...run, index: 1, value: 1, curve: [0.75, 1] },
    ];
    expect(trialResult(0, runs)).toEqual({ index: 0, status: "done", value: 0.75, curve: [0.5, 0.75], epochs: 2 });
    const failed = { ...run, index: 1, status: "failed", curve: [], error: "diverged" } as const;
    expect(trialResult(0, [runs[0], failed])).toEqual({ index: 0, status: "failed", curve: [], epochs: 2 });
  });
});
