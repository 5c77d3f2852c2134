/**
 * Models of single layers, for files of other programs.
 *
 * @module
 */

import { readLayers } from "../../src/graph/read.ts";
import { tanh } from "../../src/layers/activation.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import type { LayerCase } from "../layers/cases.ts";

/** The layers of a case as a model with drawn weights, on plain JavaScript. */
export async function caseModel({ input, layers }: LayerCase): Promise<Model> {
  const [h, w, c] = [1, 1, ...input].slice(-3);
  // A rescaling right behind the input would become a part of its scaling, and vectors begin as images: "input" is what comes of it.
  const start = input.length === 1 ? [tanh(), flatten({ name: "start" })] : [tanh({ name: "start" })];
  const rest = layers.map(({ config }) => ({
    ...config,
    ...(config.inputs && { inputs: config.inputs.map((name) => (name === "input" ? "start" : name)) }),
  }));
  const model = createModel({
    input: { shape: [h, w, c], scale: 1 / 64, offset: -2 },
    layers: [...start, ...readLayers(rest, "layers")],
    seed: 3,
  });
  await model.compile({ engine: "js", loss: "meanSquaredError", batchSize: 2 });
  for (const [name, shape] of model.weights()) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isVariance = name.endsWith("Variance");
    model.setWeight(
      name,
      Float32Array.from({ length: size }, (_, i) => (isVariance ? 1.2 : 0.1) + 0.6 * Math.sin(i * 1.7 + name.length)),
    );
  }
  return model;
}

/** Two images for a model. */
export function pixelsFor(model: Model): Uint8Array {
  const size = model.architecture.input.shape.reduce((product, extent) => product * extent, 1);
  return Uint8Array.from({ length: 2 * size }, (_, i) => (i * 37 + 11) % 256);
}
