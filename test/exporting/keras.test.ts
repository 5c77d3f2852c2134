// Models that go out to Keras 3 and TensorFlow.js come in again with the same weights and predictions, layer by layer.

import { describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import { KERAS_LAYERS } from "../../src/exporting/keras/keras-model.ts";
import { LAYER_TYPES } from "../../src/graph/layer-types.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { createModel } from "../../src/training/create-model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, randomImages } from "./models.ts";

useFiles();

/** Cases of one kernel or another, which are the same layers in files. */
const SAME_LAYERS = /^first layer|Winograd|narrow|in place|by tiles/;

/** Cases that both formats refuse, and those that TensorFlow.js alone does. */
const REFUSED = [
  "conv2d untied bias",
  "conv2d, ReLU, dilated pooling",
  "depthwiseConv2d relu, untied bias",
  "conv2dTranspose of groups, dilated, with output padding",
  "conv2dTranspose with as many groups as channels, bounded ReLU",
  "maxPooling2d overlapping, ceilMode",
  "maxPooling2d padded",
  "averagePooling2d overlapping, ceilMode",
  "averagePooling2d padding of each side",
  "averagePooling2d that counts padding",
  "averagePooling2d dilated",
  "maxPooling2d dilated, padded",
  "upSampling2d bilinear, aligned corners",
];
const NOT_IN_TENSORFLOWJS = [
  "conv2d grouped",
  "depthwiseConv2d strided, dilated, padded",
  "adaptiveAveragePooling2d",
  "adaptiveAveragePooling2d of few",
  "upSampling2d bilinear",
  "upSampling2d bilinear, odd and even sizes",
  "groupNormalization",
  "groupNormalization, one group",
  "groupNormalization of single channels",
  "normalisation of samples without gamma or beta",
];

/** A weight's name, as Keras can have it. */
const plain = (name: string) => name.replace(/[/.](?=.*\/)/g, "_");

const difference = (a: Float32Array, b: Float32Array) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);

const cases = LAYER_CASES.filter(({ name }) => !SAME_LAYERS.test(name));

describe.each(["keras", "tfjs"] as const)("as %s", (format) => {
  it("brings back weights and predictions of all layers", async () => {
    const refused: string[] = [];
    for (const layerCase of cases) {
      const model = await caseModel(layerCase);
      const files = await exportModel(model, { format }).catch((error: Error) => error.message);
      if (typeof files === "string") {
        expect(files).toMatch(/^exportModel: layer "\S+" \(\w+\): expected what \S+ has, got .+; the nearest is .+$/);
        refused.push(layerCase.name);
        continue;
      }
      const settings = { engine: "js", loss: "meanSquaredError", input: "raw" } as const;
      const { model: same, ...facts } = await importModel(files, settings);
      expect([facts.missing, facts.unused], layerCase.name).toEqual([[], []]);
      const pixels = randomImages(2, model.architecture.input.shape);
      const worst = difference(await model.predict(pixels), await same.predict(pixels));
      expect(worst, layerCase.name).toBeLessThan(1e-5);
      for (const name of model.weights().keys()) {
        expect(same.getWeight(plain(name)), `${layerCase.name}: ${name}`).toEqual(model.getWeight(name));
      }
      model.dispose();
      same.dispose();
    }
    const wanted = format === "keras" ? REFUSED : [...REFUSED, ...NOT_IN_TENSORFLOWJS];
    expect(refused.sort()).toEqual([...wanted].sort());
  });

  it("has class names, frozen layers, scaling by channel and what predictions do", async () => {
    const model = createModel({
      input: { shape: [4, 4, 2], mean: [100, 20], deviation: [50, 60] },
      layers: [
        conv2d({ filters: 3, kernelSize: 3, activation: "relu", trainable: false }),
        flatten(),
        dense({ units: 3 }),
      ],
    });
    await model.compile({ engine: "js", optimizer: "adam", loss: "softmaxCrossEntropy" });
    model.classNames = ["a", "b", "c"];
    const files = await exportModel(model, { format, name: "small" });
    const { model: same } = await importModel(files, { engine: "js" });
    expect(same.classNames).toEqual(["a", "b", "c"]);
    expect(same.network.loss?.config).toEqual({ type: "softmaxCrossEntropy" });
    expect(same.architecture.toJson()).toMatchObject({ layers: [{ type: "conv2d", trainable: false }, {}, {}, {}] });
    expect(same.architecture.input).toEqual(model.architecture.input);
    const pixels = randomImages(2, model.architecture.input.shape);
    const [ours, theirs] = [await model.predict(pixels), await same.predict(pixels)];
    expect(ours.subarray(0, 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(difference(ours, theirs)).toBeLessThan(1e-6);
    const bare = await exportModel(model, { format, withoutScaling: true, logits: true });
    const { model: inner } = await importModel(bare, { engine: "js", input: { mean: [100, 20], deviation: [50, 60] } });
    expect(inner.architecture.layers.map(({ type }) => type)).toEqual(["conv2d", "flatten", "dense"]);
    expect(inner.architecture.input).toEqual(model.architecture.input);
  });
});

it("knows all types of layers", () => {
  const types = Object.keys(LAYER_TYPES).filter((type) => type !== "residual");
  expect(Object.keys(KERAS_LAYERS).sort()).toEqual(types.sort());
});

describe("TensorFlow.js", () => {
  it("has numbers of fewer bits, which stand for the same within a step", async () => {
    const model = await caseModel({ name: "dense", input: [6], layers: [dense({ units: 40 })] });
    const kernel = model.getWeight("dense/kernel");
    const [json, shard] = await exportModel(model, { format: "tfjs" });
    for (const [options, share, step] of [
      [{ half: true }, 2, 2 ** -11],
      [{ int8: true }, 2.8, 1.2 / 255],
    ] as const) {
      const files = await exportModel(model, { format: "tfjs", ...options });
      expect(files[1].bytes.length).toBeLessThanOrEqual(shard.bytes.length / share);
      const { model: same } = await importModel(files, { engine: "js", input: "raw" });
      expect(difference(same.getWeight("dense/kernel"), kernel)).toBeLessThan(step);
    }
    expect(JSON.parse(new TextDecoder().decode(json.bytes)).weightsManifest[0].paths).toEqual([shard.name]);
  });
});

describe("Keras", () => {
  it("refuses half precision, and says what has it", async () => {
    const model = await caseModel({ name: "dense", input: [6], layers: [dense({ units: 4 })] });
    const words = /a model of Keras 3, got float16; .*format .*tfjs/;
    await expect(exportModel(model, { format: "keras", half: true })).rejects.toThrow(words);
  });
});
