/**
 * Small networks and data that the tests of models and training share.
 *
 * @module
 */

import { createDataset, type Dataset } from "../../src/data/dataset.ts";
import type { EngineOptions } from "../../src/engine/engine-options.ts";
import { residual } from "../../src/graph/residual.ts";
import { relu, tanh } from "../../src/layers/activation.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { gelu } from "../../src/layers/smooth-activation.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import type { CompileOptions } from "../../src/training/compile-options.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";

/** Float64 on plain JavaScript. */
export const EXACT: EngineOptions = { engine: "js", precision: "float64" };

/** Images of the tests: odd sizes, two channels. */
export const SHAPE = [9, 7, 2] as const;

export const CLASSES = 3;

/** Random pixels with a bright bar whose place is the class: something to learn. The same for the same seed. */
export function barImages(count: number, seed = 1): Dataset {
  const [h, w, c] = SHAPE;
  const stream = RandomStream.from(seed, "bars");
  const size = h * w * c;
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let image = 0; image < count; image++) {
    const draws = stream.child(image);
    labels[image] = draws.integer(size, CLASSES);
    for (let i = 0; i < size; i++) {
      const row = Math.floor(i / (w * c));
      const bright = Math.floor((row * CLASSES) / h) === labels[image];
      images[image * size + i] = draws.integer(i, 160) + (bright ? 80 : 0);
    }
  }
  return createDataset({ name: "bars", shape: SHAPE, images, labels, classes: CLASSES });
}

/** The pixels as floats, with target values in place of classes. */
export function withTargets(data: Dataset, outputs: number, name = "targets"): Dataset {
  const stream = RandomStream.from(2, name);
  const targets = Float32Array.from({ length: data.length * outputs }, (_, i) => Math.fround(stream.uniform(i)));
  return createDataset({ name, shape: data.shape, images: Float32Array.from(data.images), targets });
}

/** Something of every kind: fused and unfused ReLU, padding, groups, normalisation, pooling, both residuals, dropout. */
export function everyLayer(): Layer[] {
  return [
    conv2d({ name: "first", filters: 5, kernelSize: 3, padding: 1, activation: "relu" }),
    conv2d({ name: "second", filters: 6, kernelSize: 3, padding: "same", useBias: false }),
    batchNormalization({ name: "norm", momentum: 0.75 }),
    maxPooling2d({ poolSize: 2, ceilMode: true }),
    relu(),
    residual([conv2d({ filters: 6, kernelSize: 3, padding: "same", groups: 3 }), batchNormalization(), gelu()], {
      name: "block",
    }),
    depthwiseConv2d({ name: "depthwise", kernelSize: [3, 2], untiedBias: true, activation: "relu" }),
    dropout({ rate: 0.25 }),
    residual([conv2d({ filters: 4, kernelSize: 2, strides: 2, padding: "same" }), tanh()], {
      name: "down",
      shortcut: [averagePooling2d({ padding: "same" }), conv2d({ filters: 4, kernelSize: 1 })],
    }),
    flatten(),
    dense({ name: "hidden", units: 9, activation: "leakyRelu" }),
    dropout({ rate: 0.5 }),
    dense({ name: "out", units: CLASSES }),
  ];
}

/** A model of the test images without memory; `everyLayer` unless said. */
export function created(layers: readonly Layer[] = everyLayer(), seed = 7): Model {
  return createModel({ input: { shape: SHAPE, scale: 1 / 128, offset: -1 }, layers, seed });
}

/** The model, compiled: by default on simd, with cross-entropy and plain SGD. */
export async function compiled(options: CompileOptions & { layers?: readonly Layer[]; seed?: number }): Promise<Model> {
  const { layers, seed, ...compile } = options;
  const model = created(layers, seed);
  await model.compile({ engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy", ...compile });
  return model;
}

/** Stages a data set, or its first images, as one batch. */
export function stage(model: Model, data: Dataset, n = data.length): void {
  model.network.stageImages(data.images, n, 0);
  model.network.stageTargets(data, n, 0);
}

/** Names of the weights that are trained. */
export function trainedNames(model: Model): string[] {
  return model.network.parameters.list.filter(({ gradient }) => gradient !== undefined).map(({ spec }) => spec.name);
}

/** All values of a model, statistics included, as bytes to compare. */
export function weightBytes(model: Model): Uint8Array {
  const arrays = [...model.weights().keys()].map((name) => model.getWeight(name));
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
