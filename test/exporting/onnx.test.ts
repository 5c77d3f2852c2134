// ONNX as it is written, read again by our own reader: the same weights and predictions. bench/export/check.py has onnxruntime read it.

import { describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import type { ExportOptions } from "../../src/exporting/export-options.ts";
import { WRITERS } from "../../src/exporting/onnx/layers.ts";
import { decodeOnnx } from "../../src/formats/onnx/decode.ts";
import { LAYER_TYPES } from "../../src/graph/layer-types.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { conv2dTranspose } from "../../src/layers/conv2d-transpose.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, expectSameOutputs, FLATTENED_CASES, trainedNetwork, weightsOf } from "./models.ts";

/** A transposition at the end, from [n, c, h, w] to [n, h, w, c], comes back as an image of our order. */
const OTHER_ORDER = "permute 2, 3, 1";

async function readAgain(model: Model, options: Omit<ExportOptions, "format"> = {}): Promise<Model> {
  const [{ bytes }] = await exportModel(model, { ...options, format: "onnx" });
  const { loss } = model.network;
  const imported = await importModel(bytes, { engine: "js", batchSize: 4, ...(loss !== undefined && { loss }) });
  return imported.model;
}

async function small(): Promise<Model> {
  const model = createModel({
    input: { shape: [6, 5, 3], mean: [100, 120, 140], deviation: [50, 60, 70] },
    layers: [
      conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
      conv2dTranspose({ filters: 6, kernelSize: 2, groups: 2 }),
      batchNormalization(),
      flatten(),
      dense({ units: 3 }),
    ],
  });
  model.classNames = ["a", "b", "c"];
  await model.compile({ loss: "softmaxCrossEntropy", engine: "js", batchSize: 4 });
  return model;
}

/** First layers of few channels differ only in the kernels that they run by, which is no matter here. */
const CASES = [...LAYER_CASES.filter(({ name }) => !name.startsWith("first layer")), ...FLATTENED_CASES];

it("ONNX has all layers; blocks are several", () => {
  expect([...WRITERS.keys(), "residual"].sort()).toEqual(Object.keys(LAYER_TYPES).sort());
});

describe("a model in ONNX comes back", () => {
  it.each(CASES.map((each) => [each.name, each] as const))("%s", async (name, each) => {
    using model = await caseModel(each);
    using again = await readAgain(model);
    // Normalisations of groups have ones and zeros of their own there.
    expect(weightsOf(again)).toEqual(expect.arrayContaining([...weightsOf(model)]));
    if (name !== OTHER_ORDER) await expectSameOutputs(model, again);
  });

  it.each([
    "conv2d untied bias",
    "depthwiseConv2d relu, untied bias",
    "adaptiveAveragePooling2d",
    "prelu",
    "prelu of lines, of columns of channels",
  ])("as the same layers: %s", async (name) => {
    const found = CASES.find((each) => each.name === name);
    if (found === undefined) throw new Error("expected a case");
    using model = await caseModel(found);
    using again = await readAgain(model);
    const typesOf = ({ architecture }: Model) =>
      architecture.layers.map(({ type }) => type).filter((type) => !["flatten", "reshape", "relu"].includes(type));
    expect(typesOf(again)).toEqual(typesOf(model));
  });

  it.each(["lenet5", "squeezenet"])("as the network %s", async (name) => {
    const recipe = findNetwork(name);
    if (recipe === undefined) throw new Error("expected a network");
    using model = await trainedNetwork(recipe, 1);
    using again = await readAgain(model);
    expect(again.classNames).toEqual(model.classNames);
    expect(weightsOf(again)).toEqual(weightsOf(model));
    await expectSameOutputs(model, again);
  });
});

describe("the options of ONNX", () => {
  const opsOf = async (model: Model, options: Omit<ExportOptions, "format">) => {
    const [{ bytes }] = await exportModel(model, { ...options, format: "onnx" });
    const { graph } = await decodeOnnx(bytes, "model");
    return graph.nodes.map(({ op }) => op).join(" ");
  };

  it("leave scaling and softmax out, and class names are in the metadata", async () => {
    using model = await small();
    expect(await opsOf(model, {})).toBe("Mul Add Conv Relu ConvTranspose BatchNormalization Flatten Gemm Softmax");
    const bare = await opsOf(model, { withoutScaling: true, logits: true });
    expect(bare).toBe("Conv Relu ConvTranspose BatchNormalization Flatten Gemm");
    // What the file tells of its scaling is the same.
    using again = await readAgain(model, { withoutScaling: true, logits: true });
    expect(again.architecture.input).toEqual(model.architecture.input);
    await expectSameOutputs(model, again);
    using renamed = await readAgain(model, { classNames: ["x", "y", "z"] });
    expect(renamed.classNames).toEqual(["x", "y", "z"]);
  });

  it("leave out a softmax that is a layer, too", async () => {
    using model = createModel({ input: [2, 2, 1], layers: [flatten(), dense({ units: 2 }), softmax()] });
    await model.compile({ loss: "softmaxCrossEntropy", engine: "js" });
    expect(await opsOf(model, {})).toBe("Flatten Gemm Softmax");
    expect(await opsOf(model, { logits: true })).toBe("Flatten Gemm");
  });

  it("make files half and a quarter as large", async () => {
    using model = createModel({ input: [16, 16, 1], layers: [flatten(), dense({ units: 10 })] });
    await model.compile({ engine: "js" });
    const sizes = [{}, { half: true }, { int8: true }].map(async (options) => {
      const [{ bytes }] = await exportModel(model, { ...options, format: "onnx" });
      return Math.round(bytes.length / 2560);
    });
    expect(await Promise.all(sizes)).toEqual([4, 2, 1]);
  });

  it("keep weights in half precision and in 8 bits", async () => {
    using model = await small();
    const kernels = model.architecture.parameters().filter(({ role }) => role === "kernel");
    using half = await readAgain(model, { half: true });
    await expectSameOutputs(model, half, 1e-3);
    using whole = await readAgain(model, { int8: true });
    await expectSameOutputs(model, whole, 0.05);
    for (const { name, shape } of kernels) {
      const [before, after] = [model, whole].map((each) => each.getWeight(name));
      expect(after).not.toEqual(before);
      // Each output channel has 127 steps to its largest number.
      const isTurned = name.startsWith("conv2dTranspose");
      const inner = isTurned ? shape[3] : 1;
      const channels = shape[isTurned ? 2 : shape.length - 1];
      const largest = new Float32Array(channels);
      const channelOf = (i: number) => Math.floor(i / inner) % channels;
      for (const [i, value] of before.entries()) {
        largest[channelOf(i)] = Math.max(largest[channelOf(i)], Math.abs(value));
      }
      for (const [i, value] of before.entries()) {
        expect(Math.abs(after[i] - value)).toBeLessThanOrEqual((largest[channelOf(i)] / 254) * 1.0001);
      }
    }
  });
});
