import { describe, expect, it } from "vitest";
import { BestWeights } from "../../../src/training/callbacks/best-weights.ts";
import { endsWithBest, planCallbacks, restoredEpoch } from "../../../src/training/callbacks/plan-callbacks.ts";
import { epochEvent, play } from "./run.ts";

const LOSSES = [1, 0.7, 0.9, 0.6, 0.8].map((valLoss) => ({ valLoss }));

describe("BestWeights", () => {
  it("does all epochs, and ends with the weights of the best", async () => {
    const { rates, stopped, parameters } = await play(() => new BestWeights(), LOSSES);
    expect([rates.length, stopped, parameters]).toEqual([5, undefined, 4]);
    const rising = LOSSES.map(({ valLoss }) => ({ valAccuracy: valLoss }));
    expect((await play(() => new BestWeights({ monitor: "valAccuracy" }), rising)).parameters).toBe(1);
  });

  it("goes on from a checkpoint of any epoch as if nothing had been", async () => {
    for (let after = 1; after < LOSSES.length; after++)
      expect((await play(() => new BestWeights(), LOSSES, after)).parameters).toBe(4);
  });

  it("keeps the last weights where no figure is finite", async () => {
    const { parameters } = await play(() => new BestWeights(), [{ valLoss: Number.NaN }, { valLoss: Number.NaN }]);
    expect(parameters).toBe(2);
  });
});

describe("the callbacks of a plan", () => {
  const none = {
    earlyStopping: undefined,
    reduceOnPlateau: undefined,
    restoreBestWeights: undefined,
    monitor: "valLoss",
  } as const;
  const control = {
    learningRateFactor: 1,
    stop() {},
    copyParameters: () => new Float32Array(1),
    restoreParameters() {},
  };

  it.each([
    [none, false],
    [{ ...none, restoreBestWeights: true }, true],
    [{ ...none, earlyStopping: 3 }, true],
    [{ ...none, earlyStopping: 3, restoreBestWeights: false }, false],
    [{ ...none, restoreBestWeights: false }, false],
  ])("%j: with the best weights at the end: %s", async (plan, isBest) => {
    const callbacks = planCallbacks(plan, true);
    expect(endsWithBest(callbacks)).toBe(isBest);
    expect(restoredEpoch(callbacks)).toBeUndefined();
    for (const [i, figures] of LOSSES.entries())
      for (const callback of callbacks) await callback.onEpochEnd?.(epochEvent({ epoch: i + 1, ...figures }), control);
    expect(restoredEpoch(callbacks)).toBe(isBest ? 4 : undefined);
  });
});
