import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { exportModel } from "../../src/exporting/export-model.ts";
import { relu } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { SymbolicTensor } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { input } from "../../src/model/input.ts";
import { Network } from "../../src/model/network.ts";
import { Probe } from "../../src/model/probe.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { barImages, CLASSES, SHAPE } from "./networks.ts";

const data: Dataset = barImages(11);
const x = input({ shape: SHAPE, scale: 1 / 128, offset: -1 });

/** Outputs of every kind: the last one, some that others take, some that are another's memory in a prediction, the pixels. */
function outputs(): SymbolicTensor[] {
  const stem = conv2d({ name: "stem", filters: 6, kernelSize: 3, padding: "same" }).apply(x);
  const rectified = relu({ name: "rectified" }).apply(stem);
  const norm = batchNormalization({ name: "norm" }).apply(rectified);
  const pooled = maxPooling2d({ name: "pooled" }).apply(norm);
  const dropped = dropout({ name: "dropped", rate: 0.5 }).apply(pooled);
  const flat = flatten({ name: "flat" }).apply(dropped);
  const scores = dense({ name: "scores", units: CLASSES, activation: "softmax" }).apply(flat);
  const sum = add({ name: "sum" }).apply([norm, rectified, stem]);
  const pixels = flatten({ name: "pixels" }).apply(x);
  return [scores, stem, norm, dropped, flat, sum, pixels];
}

const NAMES = ["scores", "stem", "norm", "dropped", "flat", "sum", "pixels"];

/** Gives all parameters, statistics too, numbers of no order. */
function scatter(model: Model): void {
  for (const [name, shape] of model.weights()) {
    const stream = RandomStream.from(3, name);
    model.setWeight(
      name,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.1 + 0.5 * stream.uniform(i)),
    );
  }
}

async function compiledModel(tensors: SymbolicTensor | readonly SymbolicTensor[], options: object): Promise<Model> {
  const model = createModel({ inputs: x, outputs: tensors, seed: 4 });
  await model.compile({ batchSize: 4, ...options });
  scatter(model);
  return model;
}

function expectNear(found: Float32Array, wanted: Float32Array, name: string): void {
  expect(found.length, name).toBe(wanted.length);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest, name).toBeGreaterThan(0);
  const off = found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
  expect(off, name).toBeLessThan(1e-5 * largest);
}

describe("a model of several outputs", () => {
  it.each([{ engine: "js" }, { engine: "simd" }, { engine: "simd", threads: 2 }])(
    "predicts what models of each output alone do, with %j, the last batch smaller",
    async (options) => {
      const tensors = outputs();
      const model = await compiledModel(tensors, options);
      expect([...model.architecture.outputShapes.keys()]).toEqual(NAMES);
      for (const settings of [{}, { batchStatistics: true }, { testTimeAugmentation: { shift: 1 } }]) {
        const found = await model.predictOutputs(data.images, settings);
        expect(Object.keys(found)).toEqual(NAMES);
        for (const [i, name] of NAMES.entries()) {
          const alone = await compiledModel(tensors[i], options);
          expectNear(found[name], await alone.predict(data.images, settings), name);
          expect(await alone.predictOutputs(data.images, settings)).toEqual({
            [name]: await alone.predict(data.images, settings),
          });
          alone.dispose();
        }
      }
      model.dispose();
    },
  );

  it("gives what its layers give: activations have all of them", async () => {
    const model = await compiledModel(outputs(), { engine: "simd" });
    const image = data.images.subarray(0, sizeOf(SHAPE));
    const seen = new Map((await Probe.create(model.network)).run(image).map(({ path, values }) => [path, values]));
    const found = await model.predictOutputs(image);
    for (const name of NAMES) {
      // An activation option is a layer of its own there.
      expectNear(found[name], seen.get(name === "scores" ? "scores/softmax" : name) ?? new Float32Array(), name);
    }
  });

  it.each([1, 2])("keeps all of them where memory serves twice and goes by turns, on %d threads", async (threads) => {
    const { architecture } = createModel({ inputs: x, outputs: outputs() });
    const [batchSize, n] = [200, 33];
    const networks = await Promise.all(
      [false, true].map((compact) =>
        Network.create(architecture, { batchSize, seed: 4, engine: "simd", threads, compact }),
      ),
    );
    const [own, shared] = networks.map((network) => {
      network.stageImages(barImages(n).images, n, 0);
      network.evaluate(n, "inference", false);
      return NAMES.map((_, output) => Float32Array.from(network.predictions(n, output)));
    });
    const places = networks.map(({ regions }) => regions.filter(({ size }) => size > 0).map(({ offset }) => offset));
    expect(new Set(places[0]).size).toBe(places[0].length);
    expect(new Set(places[1]).size).toBeLessThan(places[1].length);
    for (const [i, name] of NAMES.entries()) {
      expect(
        own[i].some((value) => value !== 0),
        name,
      ).toBe(true);
      expect(shared[i], name).toEqual(own[i]);
    }
    for (const network of networks) network.dispose();
  });

  it("has them in another order where they are named in another", async () => {
    const { architecture } = createModel({ inputs: x, outputs: outputs().reverse() });
    expect([...architecture.outputShapes]).toEqual([
      ["pixels", [126]],
      ["sum", [9, 7, 6]],
      ["flat", [72]],
      ["dropped", [4, 3, 6]],
      ["norm", [9, 7, 6]],
      ["stem", [9, 7, 6]],
      ["scores", [CLASSES]],
    ]);
  });

  it("is saved and loaded with them, from a list too", async () => {
    const model = await compiledModel(outputs(), { engine: "simd" });
    const file = model.save();
    const loaded = await loadModel(file, { engine: "simd" });
    expect(loaded.save()).toEqual(file);
    expect(await loaded.predictOutputs(data.images)).toEqual(await model.predictOutputs(data.images));
    const layers = [conv2d({ name: "a", filters: 2, kernelSize: 3 }), conv2d({ name: "b", filters: 3, kernelSize: 3 })];
    const json = createModel({ input: SHAPE, layers, outputs: ["b", "a"] }).architecture.toJson();
    expect(json.outputs).toEqual(["b", "a"]);
    expect(createModel({ input: SHAPE, layers, outputs: "b" }).architecture.toJson()).not.toHaveProperty("outputs");
    expect(() => createModel({ input: SHAPE, layers, outputs: "a" })).toThrow(
      '(conv2d "b"): expected another layer to take',
    );
  });

  it("keeps an order of its own: the output of a list need not be its last layer", () => {
    const layers = [
      relu({ name: "last", inputs: "first" }),
      conv2d({ name: "first", filters: 2, kernelSize: 3, inputs: "input" }),
    ];
    const { architecture } = createModel({ input: SHAPE, layers, outputs: "last" });
    expect(architecture.output).toEqual([7, 5, 2]);
    expect(architecture.toJson().outputs).toEqual(["last"]);
  });

  it("refuses what is for one output, by name", async () => {
    const model = await compiledModel(outputs(), { engine: "js" });
    const names = NAMES.join(", ");
    await expect(model.predict(data.images)).rejects.toThrow(
      new RangeError(`predict: expected a model of one output, got ${names}; predictOutputs gives all`),
    );
    const message = `meanSquaredError: expected a model of one output, got ${names}`;
    for (const optimizer of [{}, { optimizer: "sgd" }] as const) {
      await expect(model.compile({ loss: "meanSquaredError", ...optimizer })).rejects.toThrow(new RangeError(message));
      expect(() => model.planMemory({ loss: "meanSquaredError", ...optimizer })).toThrow(new RangeError(message));
    }
    expect(() => model.architecture.output).toThrow(`model: expected a model of one output, got ${names}`);
    await expect(exportModel(model, { format: "html" })).rejects.toThrow(
      `exportModel: expected a model of one output, got ${names}`,
    );
    await expect(model.evaluate(data)).rejects.toThrow("evaluate: expected a model compiled with a loss, got none");
    // It is as it was.
    expect(Object.keys(await model.predictOutputs(data.images))).toEqual(NAMES);
  });

  it("says which call it was that got wrong images", async () => {
    const model = await compiledModel(outputs(), { engine: "js" });
    await expect(model.predictOutputs(new Uint8Array(125))).rejects.toThrow(
      "predictOutputs: expected whole images of 126 values, got 125 values",
    );
  });
});

describe("a model of one output", () => {
  it("has it by its name, through the loss's activation", async () => {
    const model = createModel({ input: SHAPE, layers: [flatten(), dense({ name: "__proto__", units: CLASSES })] });
    await model.compile({ engine: "js", loss: "softmaxCrossEntropy" });
    const found = await model.predictOutputs(data.images);
    expect(Object.entries(found)).toEqual([["__proto__", await model.predict(data.images)]]);
  });
});
