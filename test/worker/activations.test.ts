import { describe, expect, it } from "vitest";
import { layerNames } from "../../src/graph/build.ts";
import { graphParameters } from "../../src/graph/graph.ts";
import { readLayers } from "../../src/graph/read.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { type Shape, sizeOf } from "../../src/layers/shape.ts";
import { softmax } from "../../src/layers/softmax.ts";
import type { RemoteModel } from "../../src/worker/remote-model.ts";
import { placeLayers } from "../layers/placed.ts";
import { everyLayer, SHAPE } from "../model/networks.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

type Outputs = [path: string, type: string, shape: Shape, values: Float64Array][];

/** The output of a layer for x in float64 by itself, with the model's weights. */
async function alone(layer: Layer, x: Float64Array, input: Shape, weights: Weights, path: string) {
  // The activation option is a layer of its own in the model.
  const [bare] = readLayers([{ ...layer.config, activation: "linear" }].map(withoutActivation), "layers");
  const placed = await placeLayers([bare], input, 1);
  const [{ path: name }] = placed.graph.nodes;
  for (const spec of graphParameters(placed.graph)) {
    placed.parameter(spec.name).set(await weights(`${path}/${spec.name.slice(name.length + 1)}`));
  }
  return placed.forward(x, "inference");
}

type Weights = (name: string) => Promise<Float32Array>;

function withoutActivation({ activation: _, ...config }: Layer["config"]): Layer["config"] {
  return config;
}

/** The outputs of all layers of a list, those within residual blocks first, layer by layer. */
async function outputsOf(
  layers: readonly Layer[],
  x: Float64Array,
  shape: Shape,
  weights: Weights,
  within = "",
): Promise<Outputs> {
  const outputs: Outputs = [];
  let [last, input] = [x, shape];
  const names = layerNames(layers);
  for (const [i, layer] of layers.entries()) {
    const path = `${within}${names[i]}`;
    const output = layer.outputShape([input], path);
    if (layer.block !== undefined) {
      const ways: Float64Array[] = [];
      for (const [way, prefix] of [
        [layer.block.main, `${path}/`],
        [layer.block.shortcut, `${path}/shortcut/`],
      ] as const) {
        const inner = await outputsOf(way, last, input, weights, prefix);
        outputs.push(...inner);
        ways.push(inner.at(-1)?.[3] ?? last);
      }
      last = ways[0].map((value, at) => value + ways[1][at]);
    } else {
      last = await alone(layer, last, input, weights, path);
    }
    outputs.push([path, layer.block === undefined ? layer.type : "add", output, last]);
    if (layer.activation !== undefined) {
      const { activation } = layer;
      last = await alone(activation, last, output, weights, path);
      outputs.push([`${path}/${activation.type}`, activation.type, output, last]);
    }
    input = output;
  }
  return outputs;
}

async function trained(layers: readonly Layer[], engine: "js" | "simd"): Promise<RemoteModel> {
  const made = await session();
  const model = await made.createModel({ input: { shape: SHAPE, scale: 1 / 128, offset: -1 }, layers, seed: 7 });
  await model.compile({ engine, optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 10 });
  const run = await model.fit(await made.addDataset(DATA), { epochs: 3 });
  await run.finished;
  return model;
}

describe.each(["simd", "js"] as const)("activations on %s", (engine) => {
  it("are the outputs of every layer by itself, those that training fuses and those in residual blocks too", async () => {
    const layers = [...everyLayer(), softmax()];
    const model = await trained(layers, engine);
    const image = DATA.images.subarray(3 * sizeOf(SHAPE), 4 * sizeOf(SHAPE));
    const x = Float64Array.from(image, (pixel) => pixel / 128 - 1);
    const expected = await outputsOf(layers, x, SHAPE, (name) => model.getWeight(name));
    const found = await model.activations(image);
    expect(found.map(({ path, type, shape }) => [path, type, shape])).toEqual(
      expected.map(([path, type, shape]) => [path, type, shape]),
    );
    expect(found.map(({ path }) => path)).toEqual(expect.arrayContaining(["first", "first/relu", "block/gelu"]));
    found.forEach(({ path, values }, i) => {
      const [, , shape, exact] = expected[i];
      expect(values.length, path).toBe(sizeOf(shape));
      const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, path).toBeGreaterThan(0);
      const off = values.reduce((most, value, j) => Math.max(most, Math.abs(value - exact[j])), 0);
      // Rounding of the layers before adds up; a wrong layer is off by as much as its values.
      expect(off, path).toBeLessThan(1e-5 * largest);
    });
    // The loss's softmax is what predictions end with, whose normalisation is part of the weights before it.
    const scores = await model.predict(image);
    found.at(-1)?.values.forEach((value, i) => {
      expect(value).toBeCloseTo(scores[i], 5);
    });
  });
});

describe("activations", () => {
  it("follow the weights, and want one image", async () => {
    const made = await session();
    const model = await compiledIn(made);
    const image = DATA.images.subarray(0, sizeOf(SHAPE));
    const bias = async () => (await model.activations(image)).at(-1)?.values;
    const before = await bias();
    await model.setWeight("out/bias", [5, 6, 7]);
    expect(await bias()).toEqual(before?.map((value, i) => Math.fround(value + 5 + i)));
    await expect(model.activations(DATA.images)).rejects.toThrow(/^activations: expected one image of 126 values, got/);
    await model.compile({ engine: "js" });
    expect((await bias())?.[0]).toBeCloseTo((before?.[0] ?? 0) + 5, 4);
  });
});
