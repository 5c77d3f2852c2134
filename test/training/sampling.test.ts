import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { drawSample } from "../../src/training/sampling.ts";
import { barImages, compiled } from "../model/networks.ts";

const data = barImages(12);

/** Indices of the images that a run takes, batch by batch. */
async function taken(options: FitOptions, batchSize = 1, seed = 1): Promise<number[][]> {
  const model = await compiled({ batchSize, seed });
  const { network } = model;
  const seen: number[][] = [];
  const stageTargets = network.stageTargets.bind(network);
  network.stageTargets = (images, n, begin, indices) => {
    seen.push([...(indices?.subarray(begin, begin + n) ?? [])]);
    stageTargets(images, n, begin, indices);
  };
  await model.fit(data, options);
  return seen;
}

describe("sampling", () => {
  it("with replacement draws each image among all, anew in each epoch", async () => {
    const epochs = await taken({ sampling: "replacement", stepsPerEpoch: 3000, epochs: 2 });
    const draws = epochs.flat();
    expect(draws).toHaveLength(6000);
    expect(draws.slice(0, 3000)).not.toEqual(draws.slice(3000));
    const counts = data.labels?.length === 12 ? Array.from({ length: 12 }, () => 0) : [];
    for (const image of draws) counts[image]++;
    // Chi-squared with eleven degrees of freedom: above 31.3 once in a thousand.
    const chi = counts.reduce((sum, n) => sum + (n - 500) ** 2 / 500, 0);
    expect(chi).toBeLessThan(31.3);
    expect(chi).toBeGreaterThan(1.8);
    expect(await taken({ sampling: "replacement", stepsPerEpoch: 3000, epochs: 2 })).toEqual(epochs);
    expect(await taken({ sampling: "replacement", stepsPerEpoch: 3000, epochs: 2 }, 1, 2)).not.toEqual(epochs);
  });

  it("takes as many images as there are unless told otherwise", async () => {
    expect((await taken({ sampling: "replacement" }, 5)).map(({ length }) => length)).toEqual([5, 5, 2]);
    expect((await taken({ stepsPerEpoch: 4 }, 5)).map(({ length }) => length)).toEqual([5, 5, 5, 5]);
  });

  it("goes through all images again where an epoch is longer than the data", async () => {
    const draws = (await taken({ stepsPerEpoch: 6 }, 5)).flat();
    const sorted = (part: number[]) => [...part].sort((a, b) => a - b);
    const all = Array.from({ length: 12 }, (_, i) => i);
    expect(sorted(draws.slice(0, 12))).toEqual(all);
    expect(sorted(draws.slice(12, 24))).toEqual(all);
    expect(new Set(draws.slice(24)).size).toBe(6);
    expect(draws.slice(0, 12)).not.toEqual(draws.slice(12, 24));
    expect((await taken({ sampling: "sequential", stepsPerEpoch: 3 }, 5)).flat()).toEqual([...all, 0, 1, 2]);
  });

  it("begins a shorter epoch as a whole one begins", async () => {
    const whole = (await taken({}, 4)).flat();
    expect((await taken({ stepsPerEpoch: 2 }, 4)).flat()).toEqual(whole.slice(0, 8));
  });

  it.each<[FitOptions, string]>([
    [
      JSON.parse('{"sampling": "random"}'),
      'fit: expected sampling to be one of shuffle, sequential, replacement, got "random"',
    ],
    [{ shuffle: false, sampling: "replacement" }, "fit: expected shuffle or sampling, got both"],
    [{ stepsPerEpoch: 0 }, "fit: expected stepsPerEpoch to be a whole number at least 1"],
    [{ stepsPerEpoch: 2 ** 40 }, "fit: expected stepsPerEpoch to be a whole number at least 1 and at most 134217728"],
  ])("refuses %j", async (options, message) => {
    await expect(taken(options)).rejects.toThrow(message);
  });
});

describe("a sample", () => {
  it("holds different images, all as likely", () => {
    const counts = Array.from({ length: 7 }, () => 0);
    for (let i = 0; i < 7000; i++) {
      const sample = drawSample(7, 3, RandomStream.from(1, "test").child(i));
      expect(new Set(sample).size).toBe(3);
      for (const image of sample) counts[image]++;
    }
    const chi = counts.reduce((sum, n) => sum + (n - 3000) ** 2 / 3000, 0);
    expect(chi).toBeLessThan(22.5);
    expect([...drawSample(4, 9, RandomStream.from(1, "test"))].sort()).toEqual([0, 1, 2, 3]);
  });
});
