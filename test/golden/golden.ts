import { readFileSync } from "node:fs";
import { afterEach, describe, expect } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { EngineOptions } from "../../src/engine/engine-options.ts";
import type { Model } from "../../src/training/model.ts";
import { HOST_ENGINES } from "../engines.ts";
import { isCut, shareThreads, toldCalls } from "./shared-threads.ts";

/** An array as make-golden.py writes it. */
export interface GoldenArray {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type GoldenArrays = Readonly<Record<string, GoldenArray>>;

/** A network's step as make-golden.py writes it: what went in, and what PyTorch made of it. */
export interface GoldenStep {
  readonly images: GoldenArray;
  readonly labels: readonly number[];
  readonly weights: GoldenArrays;
  readonly losses: readonly number[];
  readonly gradients: GoldenArrays;
}

/** The contents that make-golden.py wrote under a name. */
export function readGolden<Contents>(name: string): Contents {
  return JSON.parse(readFileSync(new URL(`./${name}.golden.json`, import.meta.url), "utf8"));
}

/** An engine and the largest error it may have, as a share of the largest value of an array. */
export interface GoldenEngine {
  readonly name: string;
  readonly options: EngineOptions;
  /** For a result that `roundings` rounded operations in a row lead to. */
  readonly tolerance: (roundings: number) => number;
}

/** Half a unit in the last place of 1. */
const FLOAT32_ROUNDING = 2 ** -24;

/** Float64, and float32 on the engines that this host has, with one thread and with two where an engine has several. */
export const GOLDEN_ENGINES: readonly GoldenEngine[] = [
  { name: "js, float64", options: { engine: "js", precision: "float64" }, tolerance: () => 1e-12 },
  ...HOST_ENGINES.flatMap((engine) =>
    (engine === "js" ? [1] : [1, 2]).map((threads) => ({
      name: threads === 1 ? engine : `${engine}, ${threads} threads`,
      options: { engine, threads },
      // To first order, n roundings give n times the error of one (Higham, Accuracy and Stability, 3.1).
      tolerance: (roundings: number) => roundings * FLOAT32_ROUNDING,
    })),
  ),
];

/**
 * Describes what holds on each engine. Where it has two threads, each test fails unless all of its calls over samples are
 * cut between them.
 *
 * @param name with `$name` for the engine
 */
export function describeEngines(
  name: string,
  tests: (engine: GoldenEngine) => void,
  engines: readonly GoldenEngine[] = GOLDEN_ENGINES,
): void {
  shareThreads();
  describe.each(engines)(name, (engine) => {
    afterEach(() => {
      const calls = toldCalls();
      if (engine.options.threads !== 2) return;
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.filter((call) => !isCut(call)).map(({ kernel }) => kernel)).toEqual([]);
    });
    tests(engine);
  });
}

/** Fails unless every value is as near to the wanted one as `tolerance` times the largest wanted value. */
export function expectNear(
  label: string,
  actual: ArrayLike<number>,
  wanted: readonly number[],
  tolerance: number,
): void {
  expect(actual.length, label).toBe(wanted.length);
  const allowed = tolerance * Math.max(...wanted.map(Math.abs));
  wanted.forEach((value, i) => {
    const error = Math.abs(actual[i] - value);
    // Negated, so that NaN fails.
    if (!(error <= allowed)) {
      expect.fail(
        `${label}[${i}]: expected ${value}, got ${actual[i]}, ${error / allowed} times the allowed error off`,
      );
    }
  });
}

/** Fails unless a model's weights are near the wanted ones. */
export function expectWeights(model: Model, wanted: GoldenArrays, tolerance: number): void {
  for (const [name, { shape, values }] of Object.entries(wanted)) {
    expect(model.weights().get(name), name).toEqual(shape);
    const { offset, size } = model.network.parameters.get(name).value;
    expectNear(name, model.network.view(offset, size), values, tolerance);
  }
}

/** Puts initial weights into a model, which must have just these besides running statistics. */
export function setWeights(model: Model, weights: GoldenArrays): void {
  const names = [...model.weights().keys()].filter((name) => !name.includes("/moving"));
  expect(names.sort()).toEqual(Object.keys(weights).sort());
  for (const [name, { values }] of Object.entries(weights)) model.setWeight(name, values);
}

/** Stages a whole data set as one batch. */
export function stage(model: Model, data: Dataset): void {
  model.network.stageImages(data.images, data.length, 0);
  model.network.stageTargets(data, data.length, 0);
}
