// A model and its data know their classes by name: in fit, validation, evaluate, reports, and in a worker.

import { describe, expect, it } from "vitest";
import { createDataset, type Dataset, takeDataset } from "../../src/data/dataset.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { barImages, CLASSES, compiled, weightBytes } from "../model/networks.ts";
import { session } from "../worker/sessions.ts";

const NAMES = ["top", "middle", "bottom"];
/** Places in NAMES of the classes of `shuffled`. */
const PLACES = [2, 0, 1];

function named(data: Dataset): Dataset {
  return createDataset({ ...data, classNames: NAMES });
}

/** The images with their classes in another order. */
function shuffled(data: Dataset): Dataset {
  const labels = data.labels && Uint8Array.from(data.labels, (label) => PLACES.indexOf(label));
  return createDataset({ ...data, name: "shuffled", labels, classNames: PLACES.map((place) => NAMES[place]) });
}

/** The images of two classes, whose folders would be these. */
function withoutTop(data: Dataset): Dataset {
  const indices = [...(data.labels ?? []).entries()].flatMap(([i, label]) => (label === 0 ? [] : [i]));
  const some = takeDataset(data, indices);
  const labels = some.labels && Uint8Array.from(some.labels, (label) => 2 - label);
  return createDataset({ ...some, labels, classes: 2, classNames: ["bottom", "middle"] });
}

const LAYERS = [flatten(), dense({ units: CLASSES })];
const data = barImages(60);

async function trained(): Promise<Model> {
  const model = await compiled({ layers: LAYERS, batchSize: 10 });
  await model.fit(named(data), { epochs: 12 });
  return model;
}

describe("classes by name", () => {
  it("give the same figures whatever order the data has them in", async () => {
    const model = await trained();
    const whole = await model.evaluate(data);
    expect(whole.accuracy).toBeGreaterThan(0.9);
    expect(await model.evaluate(shuffled(data))).toEqual(whole);
    const loaded = await loadModel(model.save());
    expect(await loaded.evaluate(shuffled(data))).toEqual(await loaded.evaluate(data));
    // By place it would be wrong nearly everywhere.
    loaded.classNames = undefined;
    expect((await loaded.evaluate(shuffled(data))).accuracy).toBeLessThan(0.2);
  });

  it("may lack some, and have no strangers", async () => {
    const model = await trained();
    const some = takeDataset(
      data,
      [...(data.labels ?? []).entries()].flatMap(([i, label]) => (label ? [i] : [])),
    );
    expect(await model.evaluate(withoutTop(data))).toEqual(await model.evaluate(some));
    const stranger = createDataset({ ...data, classNames: ["top", "middle", "left"] });
    const message = 'expected classes of the model ("top", "middle", "bottom"), got "left" in bars';
    await expect(model.evaluate(stranger)).rejects.toThrow(`evaluate: ${message}`);
    await expect(model.fit(stranger)).rejects.toThrow(`fit: ${message}`);
    await expect(model.fit(named(data), { validation: stranger })).rejects.toThrow(`fit: validation: ${message}`);
  });

  it("come in the order of the scores to whoever counts along", async () => {
    const model = await trained();
    const labels: number[] = [];
    await model.evaluate(shuffled(data), { onBatch: (batch) => labels.push(...(batch.labels ?? [])) });
    expect(labels).toEqual([...(data.labels ?? [])]);
  });

  it("hold for validation, also of a model that had no names before", async () => {
    const model = await compiled({ layers: LAYERS, batchSize: 10 });
    const { epochs } = await model.fit(named(data), { epochs: 1, validation: shuffled(data) });
    expect(epochs[0].valAccuracy).toBe((await model.evaluate(data)).accuracy);
  });

  it("hold for a second training, which then makes the same steps", async () => {
    const again = async (second: Dataset) => {
      const model = await trained();
      await model.fit(second, { epochs: 1 });
      expect(model.classNames).toEqual(NAMES);
      return weightBytes(model);
    };
    expect(await again(shuffled(data))).toEqual(await again(named(data)));
  });

  it("come from the first data that has some", async () => {
    const model = await compiled({ layers: LAYERS, batchSize: 10 });
    await model.fit(data, { epochs: 1 });
    expect(model.classNames).toBeUndefined();
    await model.fit(named(data), { epochs: 1 });
    expect(model.classNames).toEqual(NAMES);
  });
});

describe("classes by name in a worker", () => {
  it("hold for training, validation, evaluation and report, with replicas too", async () => {
    const made = await session();
    for (const replicas of [1, 2]) {
      const model = await made.createModel({
        input: { shape: data.shape, scale: 1 / 128, offset: -1 },
        layers: LAYERS,
      });
      await model.compile({ engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy", batchSize: 40, replicas });
      const [first, other] = [await made.addDataset(named(data)), await made.addDataset(shuffled(data))];
      const run = await model.fit(first, { epochs: 12, validation: other });
      const { epochs } = await run.finished;
      const right = await model.evaluate(first);
      expect(right.accuracy).toBeGreaterThan(0.8);
      expect(epochs.at(-1)?.valAccuracy).toBeCloseTo(right.accuracy, 9);
      expect((await model.evaluate(other)).accuracy).toBeCloseTo(right.accuracy, 9);
      const report = await model.report(other);
      expect([...report.labels]).toEqual([...(data.labels ?? [])]);
      expect(report.accuracy).toBeCloseTo(right.accuracy, 9);
      const right2 = report.confusion.reduce((sum, row, i) => sum + row[i], 0);
      expect(right2 / data.length).toBeCloseTo(right.accuracy, 9);
      expect(report.notes).toEqual([]);
      const lacking = await model.report(await made.addDataset(withoutTop(data)));
      expect(lacking.notes).toEqual(['these images have none of the class "top"']);
      const stranger = await made.addDataset(createDataset({ ...data, classNames: ["a", "b", "c"] }));
      await expect(model.evaluate(stranger)).rejects.toThrow('got "a", "b", "c" in bars');
      await model.dispose();
    }
  });
});
