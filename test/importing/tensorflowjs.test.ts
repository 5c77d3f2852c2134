// Models that TensorFlow.js wrote or ran (make-tensorflowjs.js), with its outputs.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type ImportedModel, importModel } from "../../src/importing/import-model.ts";
import type { ModelFile } from "../../src/importing/model-files.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { useFiles } from "../../src/node/host-files.ts";

useFiles();

const FILES = new URL("files/tensorflowjs/", import.meta.url);
const { models }: { models: Readonly<Record<string, readonly (readonly number[])[]>> } = JSON.parse(
  readFileSync(new URL("tensorflowjs.golden.json", import.meta.url), "utf8"),
);

const made: ImportedModel[] = [];
afterEach(() => {
  for (const { model } of made.splice(0)) model.dispose();
});

async function imported(files: ModelFile | readonly ModelFile[]): Promise<ImportedModel> {
  const result = await importModel(files, { engine: "js", threads: 1, input: "raw", batchSize: 1 });
  made.push(result);
  return result;
}

async function outputs({ model }: ImportedModel): Promise<Float32Array> {
  const length = sizeOf(model.architecture.input.shape);
  return model.predict(Float32Array.from({ length }, (_, i) => Math.fround(((i * 37) % 101) / 101)));
}

const named = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, FILES))) });

describe("models of TensorFlow.js", () => {
  it.each(Object.entries(models))("give its outputs: %s", async (name, [theirs]) => {
    const result = await imported(fileURLToPath(new URL(`${name}.json`, FILES)));
    expect([result.missing, result.unused, result.notes]).toEqual([[], [], []]);
    const ours = await outputs(result);
    expect(ours.length).toBe(theirs.length);
    theirs.forEach((value, i) => {
      expect(Math.abs(ours[i] - value)).toBeLessThan(2e-6);
    });
    expect(result.model.network.loss?.config.type).toBe(name === "nested" ? undefined : "softmaxCrossEntropy");
  });

  it("come as a list of files too, as pages have them", async () => {
    const files = ["layers.json", "layers.2of2.bin", "layers.1of2.bin"].map(named);
    const [theirs] = models.layers;
    expect((await outputs(await imported(files)))[0]).toBeCloseTo(theirs[0], 5);
  });

  it("take their scaling of pixels, biases that stand apart, and fused activations into layers", async () => {
    const { model, pairs } = await imported(fileURLToPath(new URL("graph.json", FILES)));
    const { input, layers } = model.architecture;
    expect(input.scale).toEqual([0.5, 0.5, 0.5]);
    expect(input.offset.map((value) => Number(value.toFixed(6)))).toEqual([-0.1, -0.2, -0.3]);
    expect(layers.slice(0, 3).map(({ type }) => type)).toEqual(["zeroPadding2d", "conv2d", "relu"]);
    expect(pairs).toContainEqual({ weight: "m.plain.Conv2D/bias", tensor: "m/plain/Conv2D, bias" });
  });
});

describe("models of TensorFlow.js that are refused in one line", () => {
  type Graph = { modelTopology: { node: { name: string; op: string; input: string[] }[] }; weightsManifest: object[] };

  it.each<readonly [string, (graph: Graph) => void, RegExp]>([
    [
      "an unknown operation",
      ({ modelTopology: { node } }) => Object.assign(node.find(({ op }) => op === "Softmax") ?? {}, { op: "Cumsum" }),
      /^importModel "graph.json": Cumsum "prob": expected a supported operation, got Cumsum; there are Conv2D, /,
    ],
    [
      "a circle",
      ({ modelTopology: { node } }) =>
        Object.assign(node.find(({ name }) => name === "sig") ?? {}, { input: ["gate"] }),
      /expected no circle of nodes, got one$/,
    ],
    [
      "a node that is not there",
      ({ modelTopology: { node } }) =>
        Object.assign(node.find(({ name }) => name === "sig") ?? {}, { input: ["none"] }),
      /expected a node "none", got none$/,
    ],
    [
      "another length of its weights",
      ({ weightsManifest }) => Object.assign(weightsManifest[0], { weights: [] }),
      /expected 0 bytes in graph\.1of1\.bin, got \d+$/,
    ],
    [
      "a way out of its folder",
      ({ weightsManifest }) => Object.assign(weightsManifest[0], { paths: ["../graph.1of1.bin"] }),
      /expected names of files in the model's own folder, got /,
    ],
    [
      "a file that is not there",
      ({ weightsManifest }) => Object.assign(weightsManifest[0], { paths: ["other.bin"] }),
      /expected its file "other\.bin", got none of that name; /,
    ],
  ])("%s", async (_, change, message) => {
    const graph: Graph = JSON.parse(new TextDecoder().decode(named("graph.json").bytes));
    change(graph);
    const bytes = new TextEncoder().encode(JSON.stringify(graph));
    await expect(imported([{ name: "graph.json", bytes }, named("graph.1of1.bin")])).rejects.toThrow(message);
  });
});
