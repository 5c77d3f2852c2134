import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { DivergedError, InputTypeError } from "../../src/errors.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Network } from "../../src/model/network.ts";
import { conv8 } from "../../src/recipes/conv8.ts";
import { runRecipe } from "../../src/recipes/run.ts";
import { checkLoss } from "../../src/training/diverged.ts";
import type { LossOption } from "../../src/training/losses.ts";
import type { Model } from "../../src/training/model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { reportImages } from "../../src/training/report.ts";
import { barImages, CLASSES, compiled, withTargets } from "../model/networks.ts";

const data = barImages(20);
const regression = withTargets(data, CLASSES);
const image = data.images.subarray(0, 9 * 7 * 2);

function classifier(loss: LossOption = "softmaxCrossEntropy"): Promise<Model> {
  return compiled({ layers: [flatten(), dense({ units: CLASSES })], loss, optimizer: "adam", batchSize: 8 });
}

/** Writes past the checks of `setWeight`, as a training that diverges does. */
function spoil({ engine, parameters }: Network, name: string, index: number, value: number): void {
  engine.heap[parameters.get(name).value.offset + index] = value;
}

describe.each([Number.NaN, Number.POSITIVE_INFINITY])("a model with a weight of %s", (value) => {
  it("gives no class, and no figure that contradicts another", async () => {
    const model = await classifier();
    // One output alone: the others are numbers still.
    spoil(model.network, "dense/bias", 1, value);
    const { loss, accuracy } = await model.evaluate(data);
    expect([loss, accuracy]).toEqual([Number.NaN, 0]);
    const message = /^training diverged: expected finite outputs, got NaN for image 0; try a lower learning rate/;
    await expect(model.predict(image)).rejects.toThrow(message);
    await expect(model.predict(image)).rejects.toThrow(DivergedError);
    await expect(reportImages(model.network, data)).rejects.toThrow(message);
    const views = { testTimeAugmentation: { horizontalFlip: true } };
    expect(await model.evaluate(data, views)).toMatchObject({ loss: Number.NaN, accuracy: 0 });
    await expect(model.predict(image, views)).rejects.toThrow(DivergedError);
  });

  it("is not saved, as no file of it could be read", async () => {
    const model = await classifier();
    const trainer = model.trainer(data);
    spoil(model.network, "dense/kernel", 5, value);
    const message = `training diverged: expected finite weights "dense/kernel", got ${value} at index 5; try`;
    expect(() => model.save()).toThrow(message);
    expect(() => model.checkpoint(trainer)).toThrow(message);
  });
});

it("names the image that has no finite output", async () => {
  const model = await classifier("meanSquaredError");
  // Each weight is a number, and images that are scaled to 0 are well.
  model.setWeight("dense/kernel", new Float32Array(9 * 7 * 2 * CLASSES).fill(3e38));
  const images = new Float32Array(3 * image.length).fill(128);
  images.fill(-1e3, 2 * image.length);
  await expect(model.predict(images)).rejects.toThrow("expected finite outputs, got -Infinity for image 2");
});

it("has an infinite loss where only that overflows", async () => {
  const model = await classifier("meanSquaredError");
  model.setWeight("dense/bias", [3e38, 3e38, 3e38]);
  const { loss } = await model.evaluate(regression);
  expect(loss).toBe(Number.POSITIVE_INFINITY);
  expect(() => checkLoss(loss, "test loss")).toThrow(
    "training diverged: expected a finite test loss, got Infinity; try",
  );
});

it("leaves no checkpoint where a number of the optimizer is infinite", async () => {
  const model = await classifier();
  const trainer = model.trainer(data);
  for await (const _ of trainer.run()) break;
  const { parameters, engine } = model.network;
  engine.heap[parameters.get("dense/bias").value.offset + parameters.slotShifts[1]] = Number.POSITIVE_INFINITY;
  expect(() => model.checkpoint(trainer)).toThrow(
    'training diverged: expected finite values of the optimizer\'s "second moment/dense/bias", got Infinity at index 0',
  );
});

it("does not take values that are infinite in float32", async () => {
  const model = await classifier();
  expect(() => model.setWeight("dense/bias", [0, 1e39, 0])).toThrow(RangeError);
  expect(() => model.setWeight("dense/bias", [0, 3e38, 0])).not.toThrow();
});

it("refuses to save what loadModel refuses", async () => {
  const model = await classifier();
  const names: unknown = ["bar", 7, "dot"];
  Object.assign(model, { classNames: names });
  expect(() => model.save()).toThrow(new InputTypeError("model", "classNames[1] to be a text", "7"));
});

it("ends a recipe that diverges with an error", async () => {
  const train = createDataset({ shape: [28, 28, 1], ...generateDigits({ count: 40, seed: 1, start: 0 }) });
  const split = { train: [0, 40], test: { of: "train", range: [0, 40] } } as const;
  const recipe = { ...conv8, split, optimizer: sgd({ learningRate: 1e30 }) };
  await expect(runRecipe(recipe, { train, test: undefined }, { epochs: 3, engine: "simd" })).rejects.toThrow(
    DivergedError,
  );
});
