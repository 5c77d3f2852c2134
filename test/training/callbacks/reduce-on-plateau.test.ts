import { describe, expect, it } from "vitest";
import { ReduceOnPlateau, type ReduceOnPlateauOptions } from "../../../src/training/callbacks/reduce-on-plateau.ts";
import { play } from "./run.ts";

const LOSSES = [
  1, 0.9, 0.9, 0.95, 0.85, 0.85, 0.84, 0.86, 0.87, 0.9, 0.9, 0.9, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76,
];
const EPOCHS = LOSSES.map((valLoss) => ({ valLoss, valAccuracy: 1 - valLoss }));

// Rates by reduce-on-plateau.golden.py with PyTorch 2.13, whose patience is one less.
const CASES: [ReduceOnPlateauOptions, number[]][] = [
  [
    { factor: 0.5, patience: 2 },
    [
      0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125, 0.00625, 0.00625, 0.00625, 0.003125,
      0.003125, 0.0015625, 0.0015625, 0.00078125,
    ],
  ],
  [
    { patience: 1, minDelta: 0.04, cooldown: 2 },
    [
      0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001, 1e-4, 1e-4, 1e-4, 1e-5, 1e-5, 1e-5, 1e-6, 1e-6, 1e-6, 1e-7, 1e-7,
      1e-7,
    ],
  ],
  [
    { monitor: "valAccuracy", factor: 0.3, patience: 2, minDelta: 0.01, cooldown: 1, minimum: 0.005 },
    [
      0.1, 0.1, 0.1, 0.03, 0.03, 0.03, 0.009, 0.009, 0.009, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005,
      0.005, 0.005, 0.005,
    ],
  ],
];

describe("ReduceOnPlateau", () => {
  it.each(CASES)("as PyTorch: %j", async (options, expected) => {
    expect((await play(() => new ReduceOnPlateau(options), EPOCHS)).rates).toEqual(expected);
  });

  it.each(CASES)("goes on from a checkpoint of any epoch: %j", async (options, expected) => {
    for (let after = 1; after < EPOCHS.length; after++) {
      expect((await play(() => new ReduceOnPlateau(options), EPOCHS, after)).rates).toEqual(expected);
    }
  });

  it("leaves a rate alone that the schedule has already brought to the minimum, or to 0", async () => {
    for (const lr of [0.001, 0]) {
      const epochs = [1, 2, 3].map((valLoss) => ({ valLoss, lr }));
      const { rates } = await play(() => new ReduceOnPlateau({ patience: 1, minimum: 0.01 }), epochs);
      expect(rates).toEqual([0.1, 0.1, 0.1]);
      const reduced = await play(() => new ReduceOnPlateau({ patience: 1 }), epochs);
      expect(reduced.rates).toEqual([0.1, 0.01, 0.001]);
    }
  });

  it("refuses wrong options and states", () => {
    for (const options of [{ factor: 1 }, { factor: 0 }, { patience: 0 }, { cooldown: -1 }, { minimum: -1 }]) {
      expect(() => new ReduceOnPlateau(options)).toThrow(RangeError);
    }
    const callback = new ReduceOnPlateau();
    expect(() => callback.restore({ bad: 0, cooldownLeft: 0 })).toThrow(TypeError);
    expect(() => callback.restore({ best: {}, bad: -1, cooldownLeft: 0 })).toThrow(/bad to be a whole number/);
  });
});
