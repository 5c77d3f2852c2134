// A model's weights under a new head: for other classes than those of its file.

import { expect, it } from "vitest";
import { residual } from "../../src/graph/residual.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { globalAveragePooling2d } from "../../src/layers/global-average-pooling2d.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";

const DENSE = [
  conv2d({ filters: 2, kernelSize: 3 }),
  flatten(),
  dense({ units: 4, activation: "relu" }),
  dense({ units: 3, activation: "softmax" }),
];
const POOLED = [
  conv2d({ name: "body", filters: 2, kernelSize: 3 }),
  conv2d({ name: "head", filters: 3, kernelSize: 1, activation: "relu" }),
  batchNormalization({ name: "norm" }),
  globalAveragePooling2d(),
];

/** A file of a model whose weights are none that a seed gives. */
async function fileOf(layers: readonly Layer[], classNames?: readonly string[]): Promise<Uint8Array> {
  const model = createModel({ input: [6, 6, 1], layers, seed: 1 });
  await model.compile({ loss: "softmaxCrossEntropy", engine: "js" });
  for (const [name, shape] of model.weights())
    model.setWeight(
      name,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i + 1) / 64),
    );
  model.classNames = classNames;
  return model.save();
}

/** Weights that are as in the file, and weights that are as a new model of the seed has them. */
async function origins(model: Model, file: Uint8Array): Promise<{ kept: string[]; fresh: string[] }> {
  const old = await loadModel(file);
  const { input, layers } = model.architecture;
  const anew = createModel({ input, layers, seed: model.seed });
  await anew.compile({ engine: "js" });
  const names = [...model.weights().keys()];
  const same = (other: Model) => (name: string) => {
    const values = other.weights().get(name)?.join() === model.weights().get(name)?.join() && other.getWeight(name);
    return values && values.join() === model.getWeight(name).join();
  };
  return { kept: names.filter(same(old)), fresh: names.filter(same(anew)) };
}

it.each([
  ["dense", DENSE, ["conv2d/kernel", "conv2d/bias", "dense/kernel", "dense/bias"], ["dense_1/kernel", "dense_1/bias"]],
  [
    "convolution before a pooling",
    POOLED,
    ["body/kernel", "body/bias"],
    ["head/kernel", "head/bias", "norm/gamma", "norm/beta", "norm/movingMean", "norm/movingVariance"],
  ],
])("has an output for each of the new classes, and fresh weights there alone: %s", async (_, layers, kept, fresh) => {
  const file = await fileOf(layers, ["cat", "dog", "hen"]);
  const model = await loadModel(file, { classes: ["ant", "bee", "fly", "wasp", "moth"], seed: 7, engine: "js" });
  expect([model.seed, model.architecture.outputs, model.classNames?.length]).toEqual([7, 5, 5]);
  const found = await origins(model, file);
  expect(found.kept).toEqual(kept);
  expect(found.fresh.sort()).toEqual(fresh.sort());
  expect(await loadModel(model.save()).then(({ classNames }) => classNames)).toEqual(model.classNames);
  // As many classes of other names are other classes too.
  const renamed = await loadModel(file, { classes: ["ant", "bee", "fly"], engine: "js" });
  expect((await origins(renamed, file)).kept).toEqual(kept);
});

it("stays as it is for its own classes, in any order, and for their number", async () => {
  const file = await fileOf(DENSE, ["cat", "dog", "hen"]);
  for (const classes of [["hen", "cat", "dog"], 3, undefined]) {
    const model = await loadModel(file, { classes, engine: "js" });
    expect(model.classNames).toEqual(["cat", "dog", "hen"]);
    expect((await origins(model, file)).kept).toEqual([...model.weights().keys()]);
  }
  const unnamed = await fileOf(DENSE);
  expect((await loadModel(unnamed, { classes: ["ant", "bee", "fly"], engine: "js" })).classNames).toEqual([
    "ant",
    "bee",
    "fly",
  ]);
});

it.each<[what: string, layers: readonly Layer[], message: RegExp]>([
  [
    "in a block",
    [flatten(), dense({ units: 3 }), residual([dense({ units: 3 })])],
    /^loadModel: expected a model that ends with a dense or convolution layer, which gives its classes, got flatten, dense, residual$/,
  ],
  [
    "with more outputs",
    [conv2d({ filters: 3, kernelSize: 5 }), flatten()],
    /got one whose layer conv2d of 5 makes 20 outputs$/,
  ],
])("refuses a head %s", async (_, layers, message) => {
  const file = await fileOf(layers);
  await expect(loadModel(file, { classes: 5, engine: "js" })).rejects.toThrow(message);
});

it.each<[classes: unknown, message: RegExp]>([
  [0, /^loadModel: expected classes to be a whole number at least 1, got 0$/],
  [[], /^loadModel: expected classes to be names of classes, or their number, got/],
  [["a", 1], /expected classes to be names of classes, or their number/],
])("refuses %j", async (classes, message) => {
  const file = await fileOf(DENSE);
  await expect(loadModel(file, { classes: JSON.parse(JSON.stringify(classes)) })).rejects.toThrow(message);
});
