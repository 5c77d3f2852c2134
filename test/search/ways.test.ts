import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import { readSpace } from "../../src/search/space.ts";
import type { TrialSpec } from "../../src/search/trial.ts";
import { WAYS } from "../../src/search/way.ts";
import { createWay } from "../../src/search/ways/create-way.ts";
import { gridSize } from "../../src/search/ways/grid.ts";
import { optionsOf, resultOf, runWay } from "./spaces.ts";

const SPACE = readSpace({
  lr: { log: [0.001, 1] },
  optimizer: { choice: ["sgd", "adam"] },
  momentum: { range: [0, 0.9], when: { optimizer: "sgd" } },
  batchSize: { int: [16, 64], step: 16 },
});

const FEW = readSpace({
  batchSize: { choice: [16, 32] },
  optimizer: { choice: ["sgd", "adam"] },
  momentum: { choice: [0, 0.5, 0.9], when: { optimizer: "sgd" } },
});

const value = ({ settings: { lr, batchSize }, budget = 9 }: TrialSpec) =>
  -((Math.log10(Number(lr)) + 1) ** 2) - Number(batchSize) / 100 + budget / 20;

/** Places that a stream picks. */
const picked = (seed: number) => {
  const stream = RandomStream.from(seed, "pick");
  return (running: number, step: number) => stream.integer(step, running);
};

describe.each(WAYS)("%s", (way) => {
  const options = optionsOf(way, way === "grid" ? {} : { trials: 30 });

  test("the same calls give the same trials, another seed others", () => {
    const run = (seed: number) => runWay(createWay(SPACE, options, seed), value, 4, picked(5));
    expect(run(3)).toEqual(run(3));
    if (way !== "grid") expect(run(4)).not.toEqual(run(3));
  });

  test("trials are numbered one after another and lie in the space", () => {
    const trials = runWay(createWay(SPACE, options, 1), value, 3, picked(1));
    expect(trials.map(({ index }) => index)).toEqual(trials.map((_, i) => i));
    for (const { settings } of trials) {
      expect(settings.lr).toBeGreaterThanOrEqual(0.001);
      expect(settings.lr).toBeLessThanOrEqual(1);
      expect([16, 32, 48, 64]).toContain(settings.batchSize);
      expect("momentum" in settings).toBe(settings.optimizer === "sgd");
    }
  });

  test("settings are tried once, up to the last of a small space", () => {
    const trials = runWay(createWay(FEW, optionsOf(way, { trials: 100 }), 1), () => 0.5, 2);
    const first = trials.filter(({ from }) => from === undefined).map(({ settings }) => JSON.stringify(settings));
    expect(new Set(first).size).toBe(first.length);
    expect(first.length).toBe(8);
  });

  test("asking in vain changes nothing", () => {
    const asked = createWay(FEW, optionsOf(way), 1);
    const trials: TrialSpec[] = [];
    for (;;) {
      const trial = asked.next();
      if (trial === undefined) break;
      if (trial === "wait") {
        for (let i = 0; i < 3; i++) expect(asked.next()).toBe("wait");
        const ended = trials.filter(({ index }) => index >= 0).shift();
        if (ended === undefined) throw new Error("expected a trial to wait for");
        asked.report(resultOf(ended, ended.index));
        trials.splice(trials.indexOf(ended), 1);
      } else trials.push(trial);
    }
    expect(asked.next()).toBeUndefined();
  });

  test("failures everywhere bring it to an end", () => {
    const trials = runWay(createWay(SPACE, options, 1), () => undefined, 2);
    expect(trials.every(({ from }) => from === undefined)).toBe(true);
    if (way !== "grid") expect(trials).toHaveLength(30);
  });
});

test("a grid has every combination, the last changing fastest; what does not count multiplies nothing", () => {
  const trials = runWay(createWay(FEW, optionsOf("grid"), 1), () => 1);
  expect(trials.map(({ settings }) => Object.values(settings).join(" "))).toEqual([
    "16 sgd 0",
    "16 sgd 0.5",
    "16 sgd 0.9",
    "16 adam",
    "32 sgd 0",
    "32 sgd 0.5",
    "32 sgd 0.9",
    "32 adam",
  ]);
  expect(gridSize(FEW, 4)).toBe(8);
  // 4 rates, and for each 4 momenta or none, times 4 batches.
  expect(gridSize(SPACE, 4)).toBe(4 * (4 + 1) * 4);
});

test("quasi-random values are spread evenly", () => {
  const trials = runWay(createWay(SPACE, optionsOf("quasiRandom", { trials: 32 }), 9), () => 1);
  const eighths = trials.map(({ settings }) => Math.floor((8 * (Math.log10(Number(settings.lr)) + 3)) / 3));
  for (let eighth = 0; eighth < 8; eighth++) expect(eighths.filter((each) => each === eighth)).toHaveLength(4);
  expect(trials.filter(({ settings }) => settings.batchSize === 48)).toHaveLength(8);
});

test("ways that cannot work say so", () => {
  expect(() => createWay(SPACE, optionsOf("asha", { epochs: 2 }), 1)).toThrow(
    "asha: expected at least 3 epochs, for a lowest rung of 1 and a next one of 3 times as many, got 2",
  );
  expect(() => createWay(SPACE, optionsOf("halving", { trials: Number.POSITIVE_INFINITY }), 1)).toThrow(
    "halving: expected a number of trials",
  );
  const many = readSpace(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, { range: [0, 1] }])));
  expect(() => createWay(many, optionsOf("quasiRandom"), 1)).toThrow("quasiRandom: expected at most 64 parameters");
});
