import { describe, expect, it } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import { type PixelScaling, scaleBytes, scalePixels } from "../../src/data/scaling.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";

const DEEP: PixelScaling = { base: 0, factor: 255 / 4095 };

/** Four images of 2 x 2 pixels, scaled in a way. */
function images(scaling: PixelScaling | undefined): Dataset {
  const numbers = Float32Array.from({ length: 16 }, (_, i) => 273 * i);
  const labels = Uint8Array.of(0, 1, 0, 1);
  return createDataset({ shape: [2, 2, 1], images: scalePixels(numbers, scaling), labels, scaling });
}

async function trained(data: Dataset): Promise<Model> {
  const model = createModel({
    input: { shape: [2, 2, 1], scale: 1 / 255 },
    layers: [flatten(), dense({ units: 2 })],
  });
  await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "js" });
  await model.fit(data);
  return model;
}

describe("a model's scaling", () => {
  it("is that of its training data, in its file too", async () => {
    const model = await trained(images(DEEP));
    expect(model.scaling).toEqual(DEEP);
    expect(decodeSafetensors(model.save()).metadata.settings).toContain(`"scaling":${JSON.stringify(DEEP)}`);
    const loaded = await loadModel(model.save(), { engine: "js" });
    expect(loaded.scaling).toEqual(DEEP);
    // Numbers of a file and bytes of a picture come to the same.
    const numbers = Float32Array.of(0, 819, 1638, 4095);
    const one = await loaded.predict(scalePixels(numbers, loaded.scaling));
    const two = await loaded.predict(scaleBytes(Uint8Array.of(0, 51, 102, 255), loaded.scaling));
    for (const [i, score] of one.entries()) expect(score).toBeCloseTo(two[i], 6);
  });

  it("is that of the latest data that has one, and none without", async () => {
    const model = await trained(images(undefined));
    expect(model.scaling).toBeUndefined();
    expect(decodeSafetensors(model.save()).metadata.settings).not.toContain("scaling");
    await model.fit(images(DEEP));
    await model.fit(images(undefined));
    expect(model.scaling).toEqual(DEEP);
  });

  it("has to be that of what it is validated and tested on", async () => {
    const model = await trained(images(DEEP));
    const other = images({ base: 0, factor: 0.1 });
    await expect(model.evaluate(other)).rejects.toThrow(
      new RangeError(
        "evaluate: expected pixels scaled as the training's, from 0 to 4095 to 0 to 255, got from 0 to 2550 to 0 to 255 in data; the scaling option of readData takes the model's over",
      ),
    );
    await expect(model.fit(images(DEEP), { validation: other })).rejects.toThrow("fit: validation: expected pixels");
    // Bytes are in the same unit, whatever the training's files held; data that says nothing is taken as it is.
    for (const scaling of [DEEP, { base: 0, factor: 1 }, undefined]) await model.evaluate(images(scaling));
    const kept = await trained(images({ ...DEEP, kept: true }));
    await expect(kept.evaluate(images(DEEP))).rejects.toThrow(
      "expected pixels scaled as the training's, from 0 to 4095, got",
    );
  });

  it("is checked in files and data sets", async () => {
    const model = await trained(images(DEEP));
    const wrong: PixelScaling = { base: Number.NaN, factor: 1 };
    model.scaling = wrong;
    expect(() => model.save()).toThrow("scaling: expected base to be a finite number");
    expect(() => createDataset({ ...images(undefined), labels: Uint8Array.of(0, 1, 0, 1), scaling: wrong })).toThrow(
      'dataset "data": scaling: expected base to be a finite number, got NaN',
    );
  });
});
