import { describe, expect, it } from "vitest";
import { takeDataset } from "../../src/data/dataset.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import type { FitEvent } from "../../src/training/events.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { drawSample } from "../../src/training/sampling.ts";
import { barImages, compiled } from "../model/networks.ts";

const data = barImages(23);
const validation = barImages(9, 2);
const BATCH = 6;

describe("reports in the course of epochs", () => {
  const options: FitOptions = {
    epochs: 2,
    validation,
    averageEvery: 3,
    evaluations: [
      { on: "validation", every: 2, images: 4 },
      { on: "training", every: 4 },
    ],
  };

  it("come after the step that they are due at, averages first", async () => {
    const model = await compiled({ batchSize: BATCH });
    const seen: string[] = [];
    for await (const event of model.fitEvents(data, options)) {
      if (event.event === "step") seen.push(String(event.step));
      else if (event.event === "epoch") seen.push(`epoch ${event.epoch}`);
      else seen.push(event.event === "average" ? "average" : event.on);
    }
    expect(seen).toEqual([
      ...["1", "2", "validation", "3", "average", "4", "validation", "training", "epoch 1"],
      ...["5", "6", "average", "validation", "7", "8", "validation", "training", "epoch 2"],
    ]);
  });

  it("average the steps' own figures, over images, across epochs", async () => {
    const model = await compiled({ batchSize: BATCH });
    let [loss, images] = [0, 0];
    const events: FitEvent[] = [];
    for await (const event of model.fitEvents(data, options)) {
      events.push(event);
      if (event.event === "step") {
        loss += event.loss * event.batchSize;
        images += event.batchSize;
      }
      if (event.event !== "average") continue;
      expect(event).toMatchObject({ steps: 3, images, epoch: Math.ceil(event.step / 4) });
      expect(event.loss).toBeCloseTo(loss / images, 12);
      expect(event.accuracy * images).toBeCloseTo(Math.round(event.accuracy * images), 9);
      [loss, images] = [0, 0];
    }
    const history = await (await compiled({ batchSize: BATCH })).fit(data, options);
    expect(history.reports).toEqual(events.filter(({ event }) => event === "average" || event === "evaluation"));
  });

  it("evaluate other images each time, which follow from the seed and the step", async () => {
    const model = await compiled({ batchSize: BATCH, seed: 5 });
    const samples = new Set<string>();
    for await (const event of model.fitEvents(data, options)) {
      if (event.event !== "evaluation") continue;
      const every = event.on === "validation" ? 2 : 4;
      const stream = RandomStream.from(5, `evaluation/${event.on}/${every}`).child(event.step);
      const indices = event.on === "validation" ? drawSample(9, 4, stream) : drawSample(23, 23, stream);
      const source = event.on === "validation" ? validation : data;
      const { loss, accuracy } = await model.evaluate(takeDataset(source, indices));
      expect(event.images).toBe(indices.length);
      expect(event.accuracy).toBe(accuracy);
      expect(event.loss).toBeCloseTo(loss, 6);
      if (event.on === "validation") samples.add(String(indices));
    }
    expect(samples.size).toBe(4);
  });

  it("leave the training as it is", async () => {
    const [plain, watched] = [await compiled({ batchSize: BATCH }), await compiled({ batchSize: BATCH })];
    await plain.fit(data, { epochs: 2 });
    await watched.fit(data, options);
    for (const name of plain.weights().keys()) expect(watched.getWeight(name)).toEqual(plain.getWeight(name));
  });

  it.each<[FitOptions, string]>([
    [{ averageEvery: 0 }, "fit: expected averageEvery to be a whole number at least 1, got 0"],
    [JSON.parse('{"evaluations": {}}'), "fit: expected evaluations to be a list, got {}"],
    [
      JSON.parse('{"evaluations": [{"on": "test", "every": 1}]}'),
      'expected on to be one of training, validation, got "test"',
    ],
    [
      { evaluations: [{ on: "training", every: 1.5 }] },
      "fit: evaluations[0]: expected every to be a whole number at least 1, got 1.5",
    ],
    [
      { evaluations: [{ on: "training", every: 1, images: 0 }] },
      "fit: evaluations[0]: expected images to be a whole number at least 1, got 0",
    ],
    [
      { evaluations: [{ on: "validation", every: 1 }] },
      "fit: expected validation data for the evaluations on it, got none",
    ],
    [
      { averageEvery: 1, epochs: 100_000 },
      "fit: expected at most 100000 averages and evaluations in a run, got 400000",
    ],
  ])("are refused for %j", async (wrong, message) => {
    await expect((await compiled({ batchSize: BATCH })).fit(data, wrong)).rejects.toThrow(message);
  });
});
