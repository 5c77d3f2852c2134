import { describe, expect, it } from "vitest";
import { isInputError } from "../../src/errors.ts";
import { buildGraph } from "../../src/graph/build.ts";
import { readLayers } from "../../src/graph/read.ts";
import { ACTIVATION_NAMES } from "../../src/layers/activation.ts";

function read(layer: unknown) {
  return readLayers([layer], "layers")[0];
}

const PADDINGS = '"valid", "same", a whole number, [height, width] or [[top, bottom], [left, right]]';

describe("wrong options", () => {
  it.each([
    // What is missing, of the wrong kind, or out of range.
    [
      { type: "conv2d", kernelSize: 3 },
      TypeError,
      "(conv2d): expected filters to be a whole number at least 1, got nothing",
    ],
    [
      { type: "conv2d", name: "c2", filters: 0, kernelSize: 3 },
      RangeError,
      '(conv2d "c2"): expected filters to be a whole number at least 1, got 0',
    ],
    [{ type: "conv2d", filters: 1.5, kernelSize: 3 }, RangeError, "whole number at least 1, got 1.5"],
    [{ type: "conv2d", filters: "8", kernelSize: 3 }, TypeError, 'whole number at least 1, got "8"'],
    [{ type: "conv2d", filters: Number.NaN, kernelSize: 3 }, RangeError, "whole number at least 1, got NaN"],
    [
      { type: "conv2d", filters: 8 },
      TypeError,
      "(conv2d): expected kernelSize to be a whole number at least 1 or a pair [height, width], got nothing",
    ],
    [{ type: "conv2d", filters: 8, kernelSize: [3] }, TypeError, "a pair [height, width], got [3]"],
    [{ type: "conv2d", filters: 8, kernelSize: [3, 0] }, TypeError, "a pair [height, width], got [3,0]"],
    [{ type: "conv2d", filters: 8, kernelSize: -3 }, RangeError, "a pair [height, width], got -3"],
    [{ type: "conv2d", filters: 8, kernelSize: 3, strides: 0 }, RangeError, "expected strides to be"],
    [{ type: "conv2d", filters: 8, kernelSize: 3, dilationRate: 0.5 }, RangeError, "expected dilationRate to be"],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, padding: "full" },
      TypeError,
      `expected padding to be ${PADDINGS}, got "full"`,
    ],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, padding: -1 },
      RangeError,
      `expected padding to be ${PADDINGS}, got -1`,
    ],
    [{ type: "conv2d", filters: 8, kernelSize: 3, padding: [1, [2, 3]] }, TypeError, `${PADDINGS}, got [1,[2,3]]`],
    [{ type: "conv2d", filters: 8, kernelSize: 3, padding: [1, 2, 3] }, TypeError, `${PADDINGS}, got [1,2,3]`],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, groups: 3 },
      RangeError,
      "expected filters divisible by 3 groups, got 8",
    ],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, useBias: 1 },
      TypeError,
      "expected useBias to be true or false, got 1",
    ],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, untiedBias: "yes" },
      TypeError,
      'untiedBias to be true or false, got "yes"',
    ],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, activation: "swish" },
      RangeError,
      `expected activation to be one of ${ACTIVATION_NAMES.join(", ")}, got "swish"`,
    ],
    [
      { type: "conv2d", filters: 8, kernelSize: 3, kernelInitializer: "xavier" },
      RangeError,
      "(conv2d): kernelInitializer: expected one of glorotUniform",
    ],
    [{ type: "depthwiseConv2d", kernelSize: 3, depthMultiplier: 0 }, RangeError, "expected depthMultiplier to be"],
    [{ type: "dense" }, TypeError, "(dense): expected units to be a whole number at least 1, got nothing"],
    [{ type: "dense", units: 2 ** 53 }, RangeError, "expected units to be"],
    [{ type: "maxPooling2d", poolSize: 0 }, RangeError, "expected poolSize to be"],
    [{ type: "maxPooling2d", dilationRate: [2, 0] }, TypeError, "expected dilationRate to be"],
    [{ type: "maxPooling2d", countIncludePad: true }, TypeError, 'got "countIncludePad"'],
    [
      { type: "averagePooling2d", countIncludePad: 1 },
      TypeError,
      "expected countIncludePad to be true or false, got 1",
    ],
    [{ type: "gelu", approximate: "tanh" }, TypeError, '(gelu): expected approximate to be true or false, got "tanh"'],
    [{ type: "flatten", axis: 0 }, RangeError, "(flatten): expected axis to be a whole number at least 1, got 0"],
    [{ type: "flatten", axis: 1.5 }, RangeError, "(flatten): expected axis to be a whole number at least 1, got 1.5"],
    [{ type: "elu", alpha: -1 }, RangeError, "(elu): expected alpha to be"],
    [{ type: "layerNormalization", axis: "last" }, TypeError, "expected axis to be an axis or a list of axes"],
    [{ type: "layerNormalization", axis: [1, 0] }, RangeError, "from 1 to 3 or from -3 to -1, got"],
    [
      { type: "groupNormalization", groups: 0 },
      RangeError,
      "expected groups to be a whole number at least 1, or -1, got 0",
    ],
    [{ type: "upSampling2d", size: [2, 0] }, TypeError, "expected size to be"],
    [
      { type: "upSampling2d", interpolation: "bicubic" },
      RangeError,
      '(upSampling2d): expected interpolation to be one of nearest, bilinear, got "bicubic"',
    ],
    [{ type: "maxPooling2d", ceilMode: 1 }, TypeError, "expected ceilMode to be true or false, got 1"],
    [
      { type: "batchNormalization", momentum: 1.5 },
      RangeError,
      "expected momentum to be a finite number at least 0 and at most 1, got 1.5",
    ],
    [
      { type: "batchNormalization", epsilon: -1 },
      RangeError,
      "expected epsilon to be a finite number above 0 in float32, got -1",
    ],
    [
      { type: "batchNormalization", epsilon: 0 },
      RangeError,
      "expected epsilon to be a finite number above 0 in float32, got 0",
    ],
    [
      { type: "dropout" },
      TypeError,
      "(dropout): expected rate to be a finite number at least 0 and below 1, got nothing",
    ],
    [{ type: "dropout", rate: 1 }, RangeError, "expected rate to be a finite number at least 0 and below 1, got 1"],
    [
      { type: "dropout", rate: -0.5 },
      RangeError,
      "expected rate to be a finite number at least 0 and below 1, got -0.5",
    ],
    [
      { type: "leakyRelu", negativeSlope: Number.POSITIVE_INFINITY },
      RangeError,
      "negativeSlope to be a finite number at least 0 and at most 1",
    ],
    // Keys that no layer of the type has.
    [
      { type: "conv2d", filters: 8, kernelSize: 3, stride: 2 },
      TypeError,
      "(conv2d): expected only the keys filters, kernelSize, strides, padding, dilationRate, activation, useBias, untiedBias, " +
        'kernelInitializer, biasInitializer, groups, name, inputs, trainable, got "stride"',
    ],
    [{ type: "dense", units: 3, filters: 3 }, TypeError, 'got "filters"'],
    [
      { type: "relu", slope: 0.1 },
      TypeError,
      '(relu): expected only the keys maxValue, negativeSlope, name, inputs, trainable, got "slope"',
    ],
    [
      { type: "relu", negativeSlope: 1.5 },
      RangeError,
      "(relu): expected negativeSlope to be a finite number at least 0 and at most 1, got 1.5",
    ],
    [{ type: "relu", maxValue: 0 }, RangeError, "(relu): expected maxValue to be a finite number above 0, got 0"],
    [{ type: "relu", maxValue: -6 }, RangeError, "(relu): expected maxValue to be a finite number above 0, got -6"],
    [
      { type: "flatten", units: 3 },
      TypeError,
      '(flatten): expected only the keys axis, name, inputs, trainable, got "units"',
    ],
    [{ type: "globalAveragePooling2d", poolSize: 2 }, TypeError, 'got "poolSize"'],
    [{ type: "softmax", axis: 1 }, TypeError, '(softmax): expected only the keys name, inputs, trainable, got "axis"'],
    [
      { type: "residual", layers: [{ type: "relu" }], skip: [] },
      TypeError,
      '(residual): expected only the keys layers, shortcut, name, inputs, trainable, got "skip"',
    ],
    // Names and types.
    [
      { type: "dense", units: 3, name: "a/b" },
      TypeError,
      '(dense): expected name to be letters, digits, ".", "-" or "_", got "a/b"',
    ],
    [{ type: "dense", units: 3, name: "" }, TypeError, 'got ""'],
    [{ type: "dense", units: 3, name: 7 }, TypeError, "got 7"],
    [
      { type: "residual", layers: [{ type: "relu" }], name: 7 },
      TypeError,
      '(residual): expected name to be letters, digits, ".", "-" or "_", got 7',
    ],
    [{ type: "conv2dTranspose", filters: 4, kernelSize: 3, groups: 3 }, RangeError, "divisible by 3 groups, got 4"],
    [{ type: "conv2dTranspose", filters: 4, kernelSize: 3, outputPadding: -1 }, RangeError, "at least 0 or a pair"],
    [{ type: "conv2dTranspose", filters: 4, kernelSize: 3, untiedBias: true }, TypeError, 'got "untiedBias"'],
    [{ type: "zeroPadding2d", padding: "same" }, TypeError, '[[top, bottom], [left, right]], got "same"'],
    [{ type: "reshape", targetShape: [-1, -1] }, RangeError, "of which one may be -1, got [-1,-1]"],
    [{ type: "reshape", targetShape: [2, "3"] }, TypeError, 'got [2,"3"]'],
    [{ type: "permute", dims: [1, 1, 2] }, RangeError, "each once, got [1,1,2]"],
    [{ type: "permute", dims: "2, 1" }, TypeError, "each once, got"],
    [{ type: "channelSlice", start: 3, end: 3 }, RangeError, "expected end above the start, 3, got 3"],
    [
      { type: "upSampling2d", alignCorners: true },
      RangeError,
      "expected alignCorners with interpolation bilinear, got nearest",
    ],
    [{ type: "lstm" }, TypeError, "layers[0]: expected type to be one of conv2d, depthwiseConv2d, dense, maxPooling2d"],
    [{ type: "__proto__" }, TypeError, 'got "__proto__"'],
    [{ type: "constructor" }, TypeError, 'got "constructor"'],
    [{ type: 3 }, TypeError, "got 3"],
    [{ units: 3 }, TypeError, "layers[0]: expected type to be one of"],
    ["relu", TypeError, "layers[0]: expected an object with a type, got string"],
    [null, TypeError, "layers[0]: expected an object with a type, got null"],
    [[], TypeError, "layers[0]: expected an object with a type, got a list"],
    [{ type: "residual" }, TypeError, "layers[0].layers: expected a list of layers, got undefined"],
    [{ type: "residual", layers: [] }, RangeError, "(residual): expected at least one layer, got none"],
    [{ type: "residual", layers: [{ type: "relu" }, { type: "x" }] }, TypeError, "layers[0].layers[1]: expected type"],
    [
      { type: "residual", layers: [{ type: "relu" }], shortcut: "x" },
      TypeError,
      "layers[0].shortcut: expected a list of layers, got string",
    ],
  ] as const)("%j", (layer, kind, message) => {
    let thrown: unknown;
    try {
      read(layer);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(kind);
    expect(thrown).toHaveProperty("message", expect.stringContaining(message));
  });

  it("are shown cut short", () => {
    for (const layer of [
      { type: "x".repeat(100_000) },
      { type: "dense", units: "9".repeat(100_000) },
      { type: "dense", units: 1, activation: "9".repeat(100_000) },
      { type: "dense", units: 1, name: "/".repeat(100_000) },
      { type: "dense", units: 1, ["u".repeat(100_000)]: 1 },
      { type: "residual", layers: [{ type: "relu" }], ["u".repeat(100_000)]: 1 },
    ]) {
      let message = "";
      try {
        read(layer);
      } catch (error) {
        message = isInputError(error) ? error.message : "";
      }
      expect(message).toMatch(/expected .*, got /);
      expect(message.length).toBeLessThan(400);
    }
  });
});

describe("lists of layers from a file", () => {
  it("have to be lists", () => {
    expect(() => readLayers({ type: "relu" }, "layers")).toThrow("layers: expected a list of layers, got object");
    expect(() => readLayers(null, "layers")).toThrow(new TypeError("layers: expected a list of layers, got null"));
  });

  it("may nest residuals, but not without end", () => {
    const nested = (depth: number): object =>
      depth === 0 ? { type: "relu" } : { type: "residual", layers: [nested(depth - 1)] };
    expect(readLayers([nested(8)], "layers")).toHaveLength(1);
    expect(() => readLayers([nested(9)], "layers")).toThrow(RangeError);
    expect(() => readLayers([nested(5000)], "layers")).toThrow(/expected at most 8 nested residuals, got more/);
  });

  it("counts the layers of all lists together: lists in lists multiply", () => {
    // Three levels of a hundred are a million, of which only the first lists are made.
    const level = (depth: number): object =>
      depth === 0 ? { type: "relu" } : { type: "residual", layers: new Array(100).fill(level(depth - 1)) };
    expect(() => readLayers([level(3)], "layers")).toThrow(/expected at most 20000 layers in all, got 200\d\d$/);
    expect(readLayers(new Array(50).fill(level(1)), "layers")).toHaveLength(50);
  });

  it("may not be longer than any network", () => {
    const layers = Array.from({ length: 100_000 }, () => ({ type: "relu" }));
    expect(() => readLayers(layers, "layers")).toThrow(RangeError);
    expect(() => readLayers([{ type: "residual", layers }], "layers")).toThrow(RangeError);
  });

  it("survive a round trip with all of their options", () => {
    const layers = [
      {
        type: "conv2d",
        name: "c1",
        filters: 6,
        kernelSize: [3, 2],
        strides: [1, 2],
        padding: [
          [1, 0],
          [2, 1],
        ],
        dilationRate: 2,
        activation: "relu",
        useBias: true,
        untiedBias: true,
        kernelInitializer: "heNormal",
        biasInitializer: { type: "constant", value: 0.125 },
        groups: 2,
      },
      { type: "depthwiseConv2d", kernelSize: 3, depthMultiplier: 2, padding: "same" },
      { type: "batchNormalization", momentum: 0.9, epsilon: 0.00001, gammaInitializer: "zeros" },
      { type: "leakyRelu", negativeSlope: 0.2 },
      { type: "maxPooling2d", poolSize: 3, strides: 2, padding: 1, ceilMode: true, dilationRate: [1, 2] },
      { type: "averagePooling2d", poolSize: [2, 1], padding: [1, 0], dilationRate: [2, 1], countIncludePad: true },
      {
        type: "residual",
        name: "r",
        layers: [
          { type: "dropout", rate: 0.25 },
          { type: "gelu", approximate: true },
        ],
        shortcut: [{ type: "tanh" }],
      },
      { type: "upSampling2d", size: [1, 2], interpolation: "bilinear" },
      { type: "flatten", axis: 2 },
      { type: "globalAveragePooling2d" },
      { type: "flatten" },
      { type: "dense", units: 10, useBias: false, kernelInitializer: { type: "normal", mean: 0, deviation: 0.1 } },
      { type: "sigmoid" },
      { type: "relu" },
      { type: "softmax", name: "last" },
    ];
    const configs = readLayers(layers, "layers").map(({ config }) => config);
    expect(configs).toEqual(layers);
    const again = readLayers(JSON.parse(JSON.stringify(configs)), "layers");
    expect(again.map(({ config }) => config)).toEqual(layers);
    expect(buildGraph(again, [20, 21, 4]).nodes.map(({ path }) => path)).toEqual([
      "c1",
      "c1/relu",
      "depthwiseConv2d",
      "batchNormalization",
      "leakyRelu",
      "maxPooling2d",
      "averagePooling2d",
      "r/dropout",
      "r/gelu",
      "r/shortcut/tanh",
      "r",
      "upSampling2d",
      "flatten",
      "globalAveragePooling2d",
      "flatten_1",
      "dense",
      "sigmoid",
      "relu",
      "last",
    ]);
  });
});

describe("names", () => {
  const named = (...layers: object[]) => buildGraph(readLayers(layers, "layers"), [4]).nodes.map(({ path }) => path);

  it("are the type where none is given, counted on", () => {
    expect(named({ type: "relu" }, { type: "relu" }, { type: "tanh" }, { type: "relu" })).toEqual([
      "relu",
      "relu_1",
      "tanh",
      "relu_2",
    ]);
  });

  it("keep clear of given ones", () => {
    expect(named({ type: "relu" }, { type: "relu", name: "relu_1" }, { type: "relu" }, { type: "relu" })).toEqual([
      "relu",
      "relu_1",
      "relu_2",
      "relu_3",
    ]);
    expect(named({ type: "relu" }, { type: "tanh", name: "relu" })).toEqual(["relu_1", "relu"]);
  });

  it("may not come twice", () => {
    const layer = { type: "relu", name: "a" };
    expect(() => named(layer, layer)).toThrow(new RangeError('layers: expected every name once, got "a" twice'));
    expect(() => named({ type: "residual", layers: [layer, layer] })).toThrow(/got "a" twice/);
    // In different lists they may.
    expect(named(layer, { type: "residual", layers: [layer] })).toEqual(["a", "residual/a", "residual"]);
  });

  it("of a shortcut do not mix with those of the layers that it goes around", () => {
    const inner = { type: "residual", name: "shortcut", layers: [{ type: "dense", name: "d", units: 4 }] };
    const residual = { type: "residual", layers: [inner], shortcut: [{ type: "dense", name: "d", units: 4 }] };
    // Both would have weights called residual/shortcut/d/kernel.
    expect(() => named(residual)).toThrow(RangeError);
  });
});
