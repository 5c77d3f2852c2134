import { describe, expect, it } from "vitest";
import { add } from "../../src/layers/add.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { input } from "../../src/model/input.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { createModel, type ModelOptions } from "../../src/training/create-model.ts";
import { CLASSES, SHAPE } from "../model/networks.ts";
import { DATA, session } from "./sessions.ts";

/** A branching network, with its features for a second output or without. */
function network(hasFeatures: boolean): ModelOptions {
  const x = input({ shape: SHAPE, scale: 1 / 128, offset: -1 });
  const stem = conv2d({ name: "stem", filters: 4, kernelSize: 3, activation: "relu" }).apply(x);
  const left = conv2d({ name: "left", filters: 4, kernelSize: 3, padding: "same" }).apply(stem);
  const features = add({ name: "features" }).apply([left, stem]);
  const scores = dense({ name: "scores", units: CLASSES }).apply(flatten().apply(features));
  return { inputs: x, outputs: hasFeatures ? [scores, features] : scores, seed: 9 };
}

describe("a branching network in a session", () => {
  it("trains to the bits that it trains to here, in either form", async () => {
    const made = await session();
    const here = createModel(network(false));
    const remote = [
      await made.createModel(network(false)),
      await made.createModel({
        input: { shape: SHAPE, scale: 1 / 128, offset: -1 },
        layers: [
          conv2d({ name: "stem", filters: 4, kernelSize: 3, activation: "relu" }),
          conv2d({ name: "left", filters: 4, kernelSize: 3, padding: "same" }),
          add({ name: "features", inputs: ["left", "stem"] }),
          flatten(),
          dense({ name: "scores", units: CLASSES }),
        ],
        seed: 9,
      }),
    ];
    const options = { engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 16 } as const;
    await here.compile(options);
    await here.fit(DATA, { epochs: 2 });
    const data = await made.addDataset(DATA);
    for (const model of remote) {
      await model.compile(options);
      const run = await model.fit(data, { epochs: 2 });
      await run.finished;
      expect(await model.weightsSha256()).toBe(weightsSha256(here));
      expect(await model.save()).toEqual(here.save());
    }
  });

  it("gives several outputs by name, as it does here, and in activations", async () => {
    const made = await session();
    const [here, remote] = [createModel(network(true)), await made.createModel(network(true))];
    await here.compile({ engine: "simd" });
    await remote.compile({ engine: "simd" });
    const images = DATA.images.subarray(0, 5 * sizeOf(SHAPE));
    const found = await remote.predictOutputs(images);
    expect(found).toEqual(await here.predictOutputs(images));
    expect(Object.entries(found).map(([name, { length }]) => [name, length])).toEqual([
      ["scores", 15],
      ["features", 5 * 7 * 5 * 4],
    ]);
    const first = await remote.activations(images.subarray(0, sizeOf(SHAPE)));
    const seen = first.find(({ path }) => path === "features");
    expect(seen?.values).toEqual(found.features.subarray(0, 140));
    await expect(remote.predict(images)).rejects.toThrow(
      new RangeError("predict: expected a model of one output, got scores, features; predictOutputs gives all"),
    );
    await expect(remote.compile({ loss: "meanSquaredError" })).rejects.toThrow(RangeError);
    // A file of it is loaded in a session, too.
    const loaded = await made.loadModel(await remote.save(), { engine: "simd" });
    expect(await loaded.predictOutputs(images)).toEqual(found);
  });

  it("is refused as it is here", async () => {
    const made = await session();
    const x = input(SHAPE);
    const outputs = flatten().apply(x);
    await expect(made.createModel({ inputs: input([1, 1, 1]), outputs })).rejects.toThrow(
      "outputs: expected to be made of the model's input",
    );
    await expect(Reflect.apply(made.createModel, made, [{ inputs: x, outputs, layers: [] }])).rejects.toThrow(
      "model: expected either input and layers, or inputs and outputs, got both",
    );
  });
});
