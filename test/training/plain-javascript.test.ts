import { describe, expect, it } from "vitest";
import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel, type ModelOptions } from "../../src/training/create-model.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { loadModel } from "../../src/training/load-model.ts";

// What the compiler would refuse comes from JavaScript all the same: JSON.parse stands for it here.
const layers = () => [flatten(), dense({ units: 2 })];

describe("calls from plain JavaScript", () => {
  it.each([
    [
      "a name for a layer",
      '{"input":[2,2,1],"layers":["flatten"]}',
      /^layers\[0\]: expected a layer such as flatten\(\), got "flatten"$/,
    ],
    ["no layers", '{"input":[2,2,1]}', /^model: expected layers to be a list of layers .*, got nothing$/],
  ])("get one clear TypeError for %s", (_, json, message) => {
    const options: ModelOptions = JSON.parse(json);
    expect(() => createModel(options)).toThrow(TypeError);
    expect(() => createModel(options)).toThrow(message);
  });

  it.each([
    [
      "createModel",
      () => createModel(JSON.parse('{"input":[2,2,1],"layers":[],"sed":5}')),
      /^createModel: expected only the keys .*"sed"/,
    ],
    [
      "createModel without options",
      () => createModel(JSON.parse("null")),
      /^createModel: expected an object, got null/,
    ],
  ])("get one clear TypeError from %s", (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  it("get one clear TypeError from compile, fit and loadModel", async () => {
    const model = createModel({ input: [2, 2, 1], layers: layers() });
    await expect(model.compile(JSON.parse('{"batchsize":3}'))).rejects.toThrow(
      /^compile: expected only .* "batchsize"/,
    );
    await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy" });
    const data = createDataset({ shape: [2, 2, 1], images: new Uint8Array(8), labels: new Uint8Array([0, 1]) });
    const wrong: [Dataset, FitOptions, RegExp][] = [
      [JSON.parse("null"), {}, /^fit: expected a data set as createDataset makes them, got null/],
      [JSON.parse("[1]"), {}, /^fit: expected a data set/],
      [data, JSON.parse('{"validation":0.2}'), /^fit: validation: expected a data set .*, got 0.2/],
      [data, JSON.parse('{"epoch":2}'), /^fit: expected only the keys .*"epoch"/],
      [data, JSON.parse('{"callbacks":["stop"]}'), /^fit: expected callbacks such as .*, got stop/],
    ];
    for (const [given, options, message] of wrong) await expect(model.fit(given, options)).rejects.toThrow(message);
    await expect(loadModel(JSON.parse('"model.safetensors"'))).rejects.toThrow(
      'loadModel: expected a model file at "model.safetensors", got no answer',
    );
    await expect(loadModel(JSON.parse("5"))).rejects.toThrow(/^loadModel: expected .*, got 5$/);
  });

  it("may describe optimizer and loss as files do", async () => {
    const model = createModel({ input: [2, 2, 1], layers: layers() });
    await model.compile(JSON.parse('{"optimizer":{"type":"adam","beta1":0.8},"loss":{"type":"meanSquaredError"}}'));
    expect(model.network.optimizer?.config).toEqual({ type: "adam", beta1: 0.8 });
    expect(model.network.loss?.config.type).toBe("meanSquaredError");
    await expect(model.compile(JSON.parse('{"optimizer":{"type":"adamm"},"loss":"meanSquaredError"}'))).rejects.toThrow(
      /^optimizer: expected/,
    );
  });

  it("cannot set weights that are no finite numbers", async () => {
    const model = createModel({ input: [2, 2, 1], layers: layers() });
    await model.compile();
    const before = model.getWeight("dense/bias");
    expect(() => model.setWeight("dense/bias", [1, Number.NaN])).toThrow(
      'weights: expected finite values for "dense/bias", got NaN at index 1',
    );
    expect(model.getWeight("dense/bias")).toEqual(before);
  });
});
