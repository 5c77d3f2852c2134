import { describe, expect, it } from "vitest";
import { conv2d } from "../../src/layers/conv2d.ts";
import { Architecture } from "../../src/model/architecture.ts";
import { readInput } from "../../src/model/input.ts";
import { readArchitecture } from "../../src/model/read-architecture.ts";
import { created, everyLayer, SHAPE } from "./networks.ts";

const LAYERS = [{ type: "flatten" }, { type: "dense", units: 2 }];

describe("an architecture", () => {
  it("survives a round trip through JSON", () => {
    const { architecture } = created();
    const json = JSON.stringify(architecture.toJson());
    const again = readArchitecture(JSON.parse(json));
    expect(JSON.stringify(again.toJson())).toBe(json);
    expect(again.input).toEqual(architecture.input);
    expect(again.parameters()).toEqual(architecture.parameters());
    expect(again.outputs).toBe(3);
    expect(again.parameterCount()).toBe(architecture.parameterCount());
  });

  it("takes a bare shape for an input without scaling", () => {
    const { input } = new Architecture({ input: SHAPE, layers: everyLayer() });
    expect(input).toEqual({ shape: [...SHAPE], scale: [1, 1], offset: [0, 0] });
  });

  it.each([
    [null, TypeError, "model: expected an object, got null"],
    [[], TypeError, "model: expected an object, got []"],
    [
      { input: [4, 4, 1], layers: LAYERS, optimizer: "adam" },
      TypeError,
      'expected only the keys input, layers, outputs, got "optimizer"',
    ],
    [{ input: [4, 4, 1] }, TypeError, "model: expected layers to be a list of layers, got nothing"],
    [{ input: [4, 4, 1], layers: [] }, RangeError, "layers: expected at least one layer, got none"],
    [
      { layers: LAYERS },
      TypeError,
      "model: expected input to be [height, width, channels], or an object of shape, scale, offset",
    ],
    [
      { input: [4, 4], layers: LAYERS },
      TypeError,
      "input: expected shape to be height, width and channels, whole numbers from 1 to 67108864, got [4,4]",
    ],
    [
      { input: { shape: [4, 4, 1], size: 3 }, layers: LAYERS },
      TypeError,
      'input: expected only the keys shape, scale, offset, mean, deviation, got "size"',
    ],
    [
      { input: [4, 0, 1], layers: LAYERS },
      RangeError,
      "input: expected shape to be height, width and channels, whole numbers from 1 to 67108864, got [4,0,1]",
    ],
    [{ input: [4, 2.5, 1], layers: LAYERS }, RangeError, "got [4,2.5,1]"],
    [{ input: [4, "4", 1], layers: LAYERS }, TypeError, 'got [4,"4",1]'],
    [{ input: [1e9, 4, 1], layers: LAYERS }, RangeError, "got [1000000000,4,1]"],
    [
      { input: [60000, 60000, 1], layers: LAYERS },
      RangeError,
      "input: expected a shape of at most 67108864 elements, got [60000,60000,1]",
    ],
    [
      { input: { shape: [4, 4, 3], scale: [1, 2] }, layers: LAYERS },
      RangeError,
      "input: expected scale to have 3 values, one per channel, got 2",
    ],
    [
      { input: { shape: [4, 4, 1], scale: "1" }, layers: LAYERS },
      TypeError,
      "input: expected scale to be a finite number",
    ],
    [
      { input: { shape: [4, 4, 1], deviation: 0 }, layers: LAYERS },
      RangeError,
      "input: expected deviation not to be 0, got [0]",
    ],
    [
      { input: { shape: [4, 4, 1], deviation: 1e-320 }, layers: LAYERS },
      RangeError,
      "input: expected 1 / deviation to be a finite number",
    ],
    [
      { input: { shape: [4, 4, 1], scale: 1e39 }, layers: LAYERS },
      RangeError,
      "input: expected scale to be a finite number",
    ],
    [
      { input: { shape: [4, 4, 1], mean: 1, scale: 1 }, layers: LAYERS },
      TypeError,
      "input: expected either scale and offset or mean and deviation, got both",
    ],
  ] as const)("is refused from %j", (json, kind, message) => {
    expect(() => readArchitecture(json)).toThrow(kind);
    expect(() => readArchitecture(json)).toThrow(message);
  });
});

describe("the input of a model", () => {
  it("turns mean and deviation into a factor and a summand", () => {
    const { scale, offset } = readInput({ shape: [4, 4, 2], mean: [100, 50], deviation: [50, 20] });
    for (const pixel of [0, 30, 255]) {
      expect(pixel * scale[0] + offset[0]).toBeCloseTo((pixel - 100) / 50, 12);
      expect(pixel * scale[1] + offset[1]).toBeCloseTo((pixel - 50) / 20, 12);
    }
    expect(readInput({ shape: [4, 4, 2], mean: 10 })).toMatchObject({ scale: [1, 1], offset: [-10, -10] });
  });
});

describe("a model too large for memory", () => {
  it.each([
    ["filters", [conv2d({ filters: 1e9, kernelSize: 3 })]],
    ["a kernel", [conv2d({ filters: 8, kernelSize: 1e7, padding: 1e7 })]],
    ["padding", [conv2d({ filters: 8, kernelSize: 3, padding: 1e9 })]],
    ["padding beyond counting", [conv2d({ filters: 8, kernelSize: 3, padding: 2 ** 53 - 1 })]],
    ["untied biases", [conv2d({ filters: 2 ** 53 - 1, kernelSize: 3, untiedBias: true })]],
    ["a chain", Array.from({ length: 30 }, () => conv2d({ filters: 2 ** 53 - 1, kernelSize: 1 }))],
  ])("is refused before memory is asked for: %s", async (_, layers) => {
    const model = created(layers);
    const compile = model.compile({ engine: "simd" });
    await expect(compile).rejects.toThrow(RangeError);
    await expect(compile).rejects.toThrow(
      /^engine: expected a model that fits into 4 GiB, got one of \S+ GiB; try a smaller batch$/,
    );
    expect(() => model.network).toThrow(/compile/);
  });

  it.each([0, -1, 2.5, Number.NaN, 2 ** 30])("and so is a batch of %d", async (batchSize) => {
    await expect(created().compile({ engine: "simd", batchSize })).rejects.toThrow(
      /^compile: expected batchSize to be a whole number at least 1/,
    );
  });

  it("or a loss that does not fit the outputs", async () => {
    const compile = created([conv2d({ filters: 3, kernelSize: 3 })]).compile({ loss: "softmaxCrossEntropy" });
    await expect(compile).rejects.toThrow(
      new RangeError("softmaxCrossEntropy: expected a last layer of [classes], got [7,5,3]; put flatten before it"),
    );
    const single = created([conv2d({ filters: 3, kernelSize: [9, 7] })]);
    await expect(single.compile({ engine: "js", loss: "softmaxCrossEntropy" })).resolves.toBeUndefined();
  });
});
