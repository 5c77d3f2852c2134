import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { FURTHER_LAYER_TYPES } from "../../src/graph/further-layer-types.ts";
import { LAYER_TYPES } from "../../src/graph/layer-types.ts";
import * as convasm from "../../src/index.ts";
import { FURTHER_ACTIVATIONS } from "../../src/layers/further-activations.ts";
import { FURTHER_LOSSES } from "../../src/training/losses/further.ts";
import { LOSSES } from "../../src/training/losses.ts";
import { DIST } from "./pages.ts";

/** The library of a one-file build, which Node can load, too. */
async function built(name: string): Promise<typeof convasm> {
  return import(pathToFileURL(join(DIST, name)).href);
}

/** A network with every layer of the small build. */
const NETWORK = [
  { type: "conv2d", filters: 4, kernelSize: 3, padding: "same", activation: "relu", name: "a" },
  { type: "depthwiseConv2d", kernelSize: 3, padding: "same", activation: "tanh" },
  { type: "batchNormalization" },
  { type: "residual", layers: [{ type: "conv2d", filters: 4, kernelSize: 1 }, { type: "tanh" }] },
  { type: "relu" },
  { type: "leakyRelu", name: "b" },
  { type: "add", inputs: ["a", "b"] },
  { type: "dropout", rate: 0.25, name: "c" },
  { type: "concatenate", inputs: ["b", "c"] },
  { type: "averagePooling2d", poolSize: 2 },
  { type: "maxPooling2d", poolSize: 2, name: "d" },
  { type: "globalAveragePooling2d", name: "e" },
  { type: "flatten", inputs: ["d"] },
  { type: "dense", units: 8, activation: "sigmoid", name: "f" },
  { type: "concatenate", inputs: ["e", "f"] },
  { type: "softmax" },
  { type: "dense", units: 3 },
];

/** The weights after two steps. */
async function trained({ createDataset, createModel, readLayers }: typeof convasm, engine: "js" | "simd") {
  const shape = [8, 8, 1] as const;
  const images = Uint8Array.from({ length: 10 * 64 }, (_, i) => (i * i * 31) % 256);
  const labels = Uint8Array.from({ length: 10 }, (_, i) => i % 3);
  const model = createModel({ input: { shape, scale: 1 / 255 }, layers: readLayers(NETWORK, "layers") });
  await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 5, engine });
  await model.fit(createDataset({ shape, images, labels }), { augment: { shift: 1 } });
  const weights = [...model.weights().keys()].map((name) => model.getWeight(name));
  model.dispose();
  return weights;
}

const FURTHER = { layer: FURTHER_LAYER_TYPES, activation: FURTHER_ACTIVATIONS, loss: FURTHER_LOSSES };

describe("convasm.min.js", () => {
  it("has all layers of chains and residual networks, and trains them to the same bits", async () => {
    const further = Object.keys({ ...FURTHER.layer, ...FURTHER.activation });
    const types = Object.keys(LAYER_TYPES).filter((type) => !further.includes(type));
    const text = JSON.stringify(NETWORK);
    expect(types.filter((type) => !text.includes(`"${type}"`))).toEqual([]);
    const small = await built("convasm.min.js");
    for (const engine of ["simd", "js"] as const) {
      expect(await trained(small, engine)).toEqual(await trained(convasm, engine));
    }
  });

  it("says which build has what it leaves out, and that build has it", async () => {
    const [small, full] = [await built("convasm.min.js"), await built("convasm.full.min.js")];
    for (const type of Object.keys(FURTHER.layer)) {
      expect(() => small.readLayers([{ type }], "layers")).toThrow(`got "${type}"; convasm.full.min.js has ${type}`);
      expect(full).toHaveProperty(type);
    }
    for (const type of Object.keys(FURTHER.activation)) {
      const layers = [{ type: "dense", units: 2, activation: type }];
      expect(() => small.readLayers(layers, "layers")).toThrow(`got "${type}"; convasm.full.min.js has ${type}`);
      expect(full.readLayers(layers, "layers")).toHaveLength(1);
    }
    for (const type of Object.keys(FURTHER.loss)) {
      expect(() => small.parseLoss(type)).toThrow(`got "${type}"; convasm.full.min.js has ${type}`);
      expect(full.parseLoss(type).config.type).toBe(type);
    }
    const rest = Object.keys(LOSSES).filter((type) => !Object.hasOwn(FURTHER.loss, type));
    expect(rest.map((type) => small.parseLoss(type).config.type)).toEqual(rest);
    // Other names get no such advice.
    expect(() => small.readLayers([{ type: "conv3d" }], "layers")).toThrow(/got "conv3d"$/);
  });

  it("says which build has other parts that it leaves out", async () => {
    const { createDataset, createModel, dense, flatten, whiten } = await built("convasm.min.js");
    expect(whiten).toThrow("expected a build with whitening, such as convasm.full.min.js, got convasm.min.js");
    const model = createModel({ input: [2, 2, 1], layers: [flatten(), dense({ units: 2 })] });
    await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy" });
    const data = createDataset({ shape: [2, 2, 1], images: new Float32Array(8), labels: Uint8Array.of(0, 1) });
    for (const [option, what] of [
      ["mixup", "mixup and cutmix"],
      ["brightness", "brightness, contrast and saturation"],
    ]) {
      const message = `expected a build with ${what}, such as convasm.full.min.js, got convasm.min.js`;
      await expect(model.fit(data, { augment: { [option]: 0.2 } })).rejects.toThrow(message);
    }
    model.dispose();
  });
});
