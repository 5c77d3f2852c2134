import { describe, expect, it } from "vitest";
import { EarlyStopping } from "../../../src/training/callbacks/early-stopping.ts";
import { type Figures, play } from "./run.ts";

function losses(...values: number[]): Figures[] {
  return values.map((valLoss) => ({ valLoss }));
}

describe("EarlyStopping", () => {
  it("ends after `patience` epochs in a row without improvement, with the best weights", async () => {
    const epochs = losses(1, 0.8, 0.9, 0.7, 0.75, 0.7, 0.71, 0.1);
    const { rates, stopped, parameters } = await play(() => new EarlyStopping({ patience: 3 }), epochs);
    expect(rates).toHaveLength(7);
    expect(stopped).toBe("earlyStopping: valLoss did not improve for 3 epochs since 0.7 in epoch 4");
    expect(parameters).toBe(4);
  });

  it("ends after one epoch with patience 1", async () => {
    const { rates, stopped } = await play(() => new EarlyStopping({ patience: 1 }), losses(1, 1, 0.5));
    expect(rates).toHaveLength(2);
    expect(stopped).toMatch(/for 1 epoch since 1 in epoch 1/);
  });

  it("keeps the last weights when asked to", async () => {
    const make = () => new EarlyStopping({ patience: 2, restoreBestWeights: false });
    const { stopped, parameters } = await play(make, losses(1, 2, 3, 4));
    expect(stopped).toBeDefined();
    expect(parameters).toBe(3);
  });

  it("restores the best weights of a run that does all its epochs", async () => {
    const { stopped, parameters } = await play(() => new EarlyStopping({ patience: 5 }), losses(1, 0.5, 0.6));
    expect(stopped).toBeUndefined();
    expect(parameters).toBe(2);
  });

  it("wants an accuracy to rise, by more than minDelta", async () => {
    const accuracies = [0.5, 0.6, 0.605, 0.609, 0.62, 0.9].map((valAccuracy) => ({ valAccuracy }));
    const options = { monitor: "valAccuracy", minDelta: 0.01, patience: 2 } as const;
    const { rates, parameters } = await play(() => new EarlyStopping(options), accuracies);
    expect(rates).toHaveLength(4);
    expect(parameters).toBe(2);
  });

  it.each(["trainLoss", "trainAccuracy"] as const)("monitors %s without validation data", async (monitor) => {
    const sign = monitor === "trainLoss" ? -1 : 1;
    const epochs = [1, 2, 1.5, 1.9].map((value) => ({ [monitor]: sign * value }));
    const { parameters, rates } = await play(() => new EarlyStopping({ monitor, patience: 2 }), epochs);
    expect([parameters, rates.length]).toEqual([2, 4]);
  });

  it("counts NaN and infinite losses as no improvement, also as the first", async () => {
    const epochs = losses(Number.NaN, 2, Number.NEGATIVE_INFINITY, Number.NaN, 1);
    const { rates, parameters } = await play(() => new EarlyStopping({ patience: 2 }), epochs);
    expect([rates.length, parameters]).toEqual([4, 2]);
    const all = await play(() => new EarlyStopping({ patience: 2 }), losses(Number.NaN, Number.NaN));
    expect(all.stopped).toBe("earlyStopping: valLoss did not improve for 2 epochs");
    expect(all.parameters).toBe(2);
  });

  it("goes on from a checkpoint of any epoch as if nothing had been", async () => {
    const epochs = losses(Number.NaN, 1, 0.8, 0.9, 0.7, 0.75, 0.7, 0.71, 0.1);
    const make = () => new EarlyStopping({ patience: 3 });
    const whole = await play(make, epochs);
    for (let after = 1; after < epochs.length; after++) expect(await play(make, epochs, after)).toEqual(whole);
  });

  it("says which data the monitor needs", async () => {
    await expect(play(() => new EarlyStopping(), [{}])).rejects.toThrow(
      "earlyStopping: expected validation data to monitor valLoss, got none",
    );
    const noClasses = play(() => new EarlyStopping({ monitor: "trainAccuracy" }), [{ trainAccuracy: Number.NaN }]);
    await expect(noClasses).rejects.toThrow("expected a loss that knows classes to monitor trainAccuracy");
  });

  it("refuses wrong options", () => {
    expect(() => new EarlyStopping({ patience: 0 })).toThrow(RangeError);
    expect(() => new EarlyStopping({ patience: 1.5 })).toThrow("patience to be a whole number at least 1, got 1.5");
    expect(() => new EarlyStopping({ minDelta: -1 })).toThrow(RangeError);
    const options = JSON.parse('{ "monitor": "loss" }');
    expect(() => new EarlyStopping(options)).toThrow(/monitor to be one of valLoss, valAccuracy.*got "loss"/);
  });

  const best = { monitor: "valLoss", value: 1, epoch: 1, waited: 0 };
  it.each([
    [null, TypeError, "expected an object, got null"],
    [{ best, hasWeights: true }, RangeError, "expected the best weights, got none"],
    [{ best: { ...best, monitor: "valAccuracy" }, hasWeights: false }, RangeError, "one that monitors valLoss"],
    [{ best: { ...best, waited: -1 }, hasWeights: false }, RangeError, "waited"],
    [{ best: { ...best, epoch: "1" }, hasWeights: false }, TypeError, "epoch"],
    [{ best: { ...best, value: "x" }, hasWeights: false }, TypeError, "value"],
    [{ best, hasWeights: false, more: 1 }, TypeError, '"more"'],
  ])("refuses the state %j", (state, kind, message) => {
    expect(() => new EarlyStopping().restore(state, new Map())).toThrow(kind);
    expect(() => new EarlyStopping().restore(state, new Map())).toThrow(message);
  });
});
