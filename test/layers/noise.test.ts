import { describe, expect, it } from "vitest";
import { gaussianNoise } from "../../src/layers/gaussian-noise.ts";
import { spatialDropout2d } from "../../src/layers/spatial-dropout2d.ts";
import { stochasticDepth } from "../../src/layers/stochastic-depth.ts";
import { HOST_ENGINES } from "../engines.ts";
import { placeLayers } from "./placed.ts";

const ones = (length: number) => new Float64Array(length).fill(1);

describe.each(HOST_ENGINES)("random layers on %s", (engine) => {
  it("drop whole channels of an image, a share of them, and scale the others up", async () => {
    const [n, positions, channels] = [40, 6, 25];
    const placed = await placeLayers([spatialDropout2d({ rate: 0.25 })], [2, 3, channels], n, { engine });
    const y = placed.forward(ones(n * positions * channels), "training");
    const dropped = Array.from({ length: n * channels }, (_, i) => {
      const first = Math.floor(i / channels) * positions * channels + (i % channels);
      const values = Array.from({ length: positions }, (_, position) => y[first + position * channels]);
      expect(new Set(values).size).toBe(1);
      expect([0, Math.fround(4 / 3)]).toContain(values[0]);
      return values[0] === 0;
    }).filter(Boolean).length;
    // A share of 0.25, four deviations around it.
    expect(Math.abs(dropped / (n * channels) - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / (n * channels)));
    expect(placed.backward(ones(y.length)).get("input")).toEqual(y);
    expect(placed.forward(ones(y.length), "inference")).toEqual(ones(y.length));
  });

  it("drop whole samples", async () => {
    const [n, size] = [400, 5];
    const placed = await placeLayers([stochasticDepth({ rate: 0.5 })], [size], n, { engine });
    const y = placed.forward(ones(n * size), "training");
    const samples = Array.from({ length: n }, (_, i) => [...new Set(y.slice(i * size, (i + 1) * size))]);
    expect(samples.every((values) => values.length === 1 && (values[0] === 0 || values[0] === 2))).toBe(true);
    expect(Math.abs(samples.filter(([value]) => value === 0).length - n / 2)).toBeLessThan(4 * Math.sqrt(n / 4));
    expect(placed.backward(ones(y.length)).get("input")).toEqual(y);
  });

  it("add noise of the deviation asked for in training alone, whose gradient is that of the output", async () => {
    const length = 20_000;
    const placed = await placeLayers([gaussianNoise({ stddev: 0.5 })], [length], 1, { engine });
    const noise = placed.forward(new Float64Array(length), "training").map((value) => value / 0.5);
    const moment = (power: number) => noise.reduce((sum, value) => sum + value ** power, 0) / length;
    // Of a normal distribution 0, 1, 0 and 3, four deviations around them.
    const deviation = 1 / Math.sqrt(length);
    expect(Math.abs(moment(1))).toBeLessThan(4 * deviation);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2) * deviation);
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15) * deviation);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96) * deviation);
    expect(placed.forward(new Float64Array(length), "inference")).toEqual(new Float64Array(length));
  });
});
