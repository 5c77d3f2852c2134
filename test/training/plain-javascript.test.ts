import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel, type ModelOptions } from "../../src/training/model.ts";

// What the compiler would refuse comes from JavaScript all the same: JSON.parse stands for it here.
const layers = () => [flatten(), dense({ units: 2 })];

describe("calls from plain JavaScript", () => {
  it.each([
    [
      "a name for a layer",
      '{"input":[2,2,1],"layers":["flatten"]}',
      /^layers: expected a list of layers .*, got "flatten"$/,
    ],
    ["no layers", '{"input":[2,2,1]}', /^layers: expected a list of layers .*, got undefined$/],
  ])("get one clear TypeError for %s", (_, json, message) => {
    const options: ModelOptions = JSON.parse(json);
    expect(() => createModel(options)).toThrow(TypeError);
    expect(() => createModel(options)).toThrow(message);
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
