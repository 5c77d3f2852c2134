import { describe, expect, it } from "vitest";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { globalAveragePooling2d } from "../../src/layers/global-average-pooling2d.ts";
import { HOST_ENGINES } from "../engines.ts";
import { normal, placeLayers } from "./placed.ts";

/** Roundings of a mean: a block of 64 elements in float32, the block's sum in float64, the quotient. */
const ROUNDINGS = 64 + 2;
const ROUNDING = 2 ** -24;

/** Images of which a sum in one chain of float32 is off by a percent, or by a thousandth. */
const IMAGES = {
  "a million times 0.1": { shape: [1000, 1000, 1], pixel: () => 0.1 },
  "noise on 100": { shape: [301, 299, 3], pixel: (noise: number) => 100 + noise },
  "a single row": { shape: [1, 300_000, 1], pixel: (noise: number) => 1 + 0.01 * noise },
  "a single column of five channels": { shape: [60_000, 1, 5], pixel: (noise: number) => 3 - noise },
} as const;

const cases = HOST_ENGINES.flatMap((engine) =>
  Object.entries(IMAGES).map(([name, image]) => ({ engine, name, ...image })),
);

describe.each(cases)("the mean of $name on $engine", ({ engine, name, shape, pixel }) => {
  it("is as near to the exact one as a mean of 64 elements", async () => {
    const [h, w, c] = shape;
    const x = normal(name, h * w * c).map((value) => Math.fround(pixel(value)));
    const sums = new Float64Array(c);
    const magnitudes = new Float64Array(c);
    for (const [i, value] of x.entries()) {
      sums[i % c] += value;
      magnitudes[i % c] += Math.abs(value);
    }
    const layers = [globalAveragePooling2d(), averagePooling2d({ poolSize: [h, w] })];
    for (const layer of layers) {
      const placed = await placeLayers([layer], shape, 1, { engine, first: true });
      const y = placed.forward(x, "inference");
      expect(y).toHaveLength(c);
      for (const [channel, value] of y.entries()) {
        const error = Math.abs(value - sums[channel] / (h * w));
        expect(error / (magnitudes[channel] / (h * w))).toBeLessThan(ROUNDINGS * ROUNDING);
      }
    }
  });

  it("is infinite where an element is, and not a number where one is not", async () => {
    const [h, w, c] = shape;
    const x = new Float64Array(h * w * c).fill(1);
    const placed = await placeLayers([globalAveragePooling2d()], shape, 1, { engine, first: true });
    x[c * Math.floor((h * w) / 2)] = Number.POSITIVE_INFINITY;
    expect([...placed.forward(x, "inference")]).toEqual([Number.POSITIVE_INFINITY, 1, 1, 1, 1].slice(0, c));
    x[0] = Number.NaN;
    expect(placed.forward(x, "inference")[0]).toBeNaN();
  });
});
