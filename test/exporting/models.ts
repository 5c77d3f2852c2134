// Models to export: every built-in network after a few steps of training, and every case of a layer with weights of all kinds.

import { expect } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import type { ImageShape } from "../../src/data/pixels.ts";
import { readLayer } from "../../src/graph/read.ts";
import { leakyRelu, tanh } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { channelShuffle } from "../../src/layers/channel-shuffle.ts";
import { channelSlice } from "../../src/layers/channel-slice.ts";
import { concatenate } from "../../src/layers/concatenate.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { groupNormalization } from "../../src/layers/group-normalization.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerNormalization } from "../../src/layers/layer-normalization.ts";
import { prelu } from "../../src/layers/prelu.ts";
import { reshape } from "../../src/layers/reshape.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import type { LayerCase } from "../layers/cases.ts";

/** Images of random bytes. */
export function randomImages(count: number, shape: readonly number[], seed = 1): Uint8Array {
  const stream = RandomStream.from(seed, "images");
  return Uint8Array.from({ length: count * sizeOf(shape) }, (_, i) => Math.floor(stream.uniform(i) * 256));
}

/** Images for which networks are made, small where they take any. */
function shapeOf({ shape = [28, 28, 1], smallest, input }: Recipe): ImageShape {
  if (input.shape !== undefined) return input.shape;
  const side = smallest ?? Math.min(shape[0], 32);
  return [side, side, shape[2]];
}

/** A built-in network after a few steps. */
export async function trainedNetwork(recipe: Recipe, steps = 2): Promise<Model> {
  const shape = shapeOf(recipe);
  const classes = 10;
  const model = createModel({
    input: { ...recipe.input, shape },
    layers: [...recipe.layers(classes, { shape })],
    seed: 3,
  });
  model.classNames = Array.from({ length: classes }, (_, i) => `class ${i}`);
  await model.compile({ optimizer: "sgd", loss: recipe.loss, engine: "simd", batchSize: 4, threads: 1 });
  const labels = Uint8Array.from({ length: 4 * steps }, (_, i) => i % classes);
  await model.fit(createDataset({ shape, images: randomImages(4 * steps, shape), labels }), { epochs: 1 });
  return model;
}

/** The name of the layer that makes a vector or a list of them of an image. */
const ENTRY = "entry";

/** A layer's case with random weights, for images: vectors and lists of them are flattened and reshaped images. */
export async function caseModel({ input, layers }: LayerCase): Promise<Model> {
  if (input.length === 3) return compiled([input[0], input[1], input[2]], layers);
  const entry = input.length === 1 ? flatten({ name: ENTRY }) : reshape({ name: ENTRY, targetShape: [...input] });
  // What took the input takes that layer's output.
  const own = layers.map(({ config }) => {
    const inputs = config.inputs?.map((name) => (name === "input" ? ENTRY : name));
    return readLayer({ ...config, ...(inputs !== undefined && { inputs }) });
  });
  return compiled([1, sizeOf(input), 1], [entry, ...own]);
}

async function compiled(shape: ImageShape, layers: readonly Layer[]): Promise<Model> {
  const model = createModel({ input: { shape, scale: 1 / 64, offset: -2 }, layers: [...layers], seed: 5 });
  await model.compile({ engine: "js", batchSize: 4 });
  const stream = RandomStream.from(7, "weights");
  let next = 0;
  for (const { name, shape: extents, role } of model.architecture.parameters()) {
    const own = model.getWeight(name);
    const isVariance = name.endsWith("movingVariance");
    const values = Float32Array.from({ length: sizeOf(extents) }, (_, i) => {
      const value = stream.normal(next++);
      return role === "kernel"
        ? own[i]
        : isVariance
          ? 0.5 + value ** 2
          : 0.3 * value + (name.endsWith("gamma") ? 1 : 0);
    });
    model.setWeight(name, values);
  }
  return model;
}

/** Vectors that are flattened images, whose values other programs have in another order. */
export const FLATTENED_CASES: readonly LayerCase[] = [
  {
    name: "flatten, normalisation, activations, dense",
    input: [2, 3, 2],
    layers: [flatten(), batchNormalization(), prelu(), leakyRelu(), dense({ units: 3 })],
  },
  { name: "flatten at the end", input: [2, 3, 2], layers: [flatten()] },
  {
    name: "flatten, layerNormalization",
    input: [2, 3, 2],
    layers: [flatten(), layerNormalization(), dense({ units: 3 })],
  },
  { name: "flatten, groupNormalization", input: [2, 3, 2], layers: [flatten(), groupNormalization({ groups: 3 })] },
  {
    name: "flatten, channelSlice, channelShuffle, dense",
    input: [2, 3, 2],
    layers: [flatten(), channelSlice({ start: 2 }), channelShuffle({ groups: 2 }), dense({ units: 3 })],
  },
  {
    name: "flatten, reshape, convolution",
    input: [2, 3, 2],
    layers: [flatten(), reshape({ targetShape: [3, 2, 2] }), conv2d({ filters: 2, kernelSize: 2 })],
  },
  {
    name: "flatten, back to the same image",
    input: [2, 3, 2],
    layers: [flatten(), tanh(), reshape({ targetShape: [2, 3, 2] }), conv2d({ filters: 2, kernelSize: 2 })],
  },
  {
    name: "two flattened images and a dense layer of both",
    input: [2, 3, 2],
    layers: [
      flatten({ name: "a" }),
      conv2d({ filters: 3, kernelSize: 1, inputs: "input" }),
      flatten({ name: "b" }),
      concatenate({ inputs: ["a", "b"] }),
      dense({ units: 3 }),
    ],
  },
  {
    name: "a sum of two flattened images of other orders",
    input: [2, 3, 2],
    layers: [
      flatten({ name: "a" }),
      reshape({ targetShape: [3, 2, 2], inputs: "input" }),
      flatten({ name: "b" }),
      add({ inputs: ["a", "b"] }),
      dense({ units: 3 }),
    ],
  },
  { name: "normalisation of lines", input: [3, 4], layers: [batchNormalization(), groupNormalization({ groups: 2 })] },
  { name: "softmax of lines", input: [3, 4], layers: [softmax()] },
];

/** All weights as sorted lists of numbers: names of a layer and order of axes may differ. */
export function weightsOf(model: Model): readonly string[] {
  return [...model.weights().keys()].map((name) => model.getWeight(name).sort().join()).sort();
}

/** Fails where predictions of some images differ by more than a part of their range. */
export async function expectSameOutputs(model: Model, again: Model, limit = 1e-4): Promise<void> {
  const images = randomImages(2, model.architecture.input.shape);
  const [before, after] = [await model.predictOutputs(images), await again.predictOutputs(images)];
  expectClose(Object.values(after), Object.values(before), limit);
}

/** Fails where outputs of a model differ by more than a part of their range. */
export function expectClose(got: readonly Float32Array[], wanted: readonly Float32Array[], limit = 1e-4): void {
  expect(got.length).toBe(wanted.length);
  for (const [i, values] of wanted.entries()) {
    expect(got[i].length).toBe(values.length);
    const range = Math.max(...values) - Math.min(...values);
    const worst = values.reduce((most, value, j) => Math.max(most, Math.abs(value - got[i][j])), 0);
    expect(worst / Math.max(range, 1e-3)).toBeLessThan(limit);
  }
}
