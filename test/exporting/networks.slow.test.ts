// Every built-in network after a few steps, in each format: our own readers give the same weights, programs of the registry our predictions.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import type { ExportFormatName } from "../../src/exporting/export-options.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { NETWORKS } from "../../src/recipes/index.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { expectSameOutputs, trainedNetwork } from "./models.ts";
import { hasPrograms, isRefused, PROGRAMS } from "./registry-programs.ts";

useFiles();

/** A model that went out and came in again. */
async function readAgain(model: Model, format: ExportFormatName): Promise<Model> {
  const files = await exportModel(model, { format });
  const { loss } = model.network;
  const settings = { engine: "simd", threads: 1, batchSize: 4 } as const;
  if (format === "safetensors") return loadModel(files[0].bytes, settings);
  const options = { ...settings, ...(loss !== undefined && { loss }) };
  // A state dict has no network.
  const isBare = format === "pytorch";
  const { model: again } = isBare
    ? await importModel(files[1].bytes, { ...options, network: model.architecture })
    : await importModel(files, options);
  return again;
}

/** Names of weights, in which other programs have no slashes and dots. */
const plain = (name: string) => name.replace(/[/.]/g, "_");

/** Fails unless each weight is there, bit for bit. */
function expectSameWeights(model: Model, again: Model): void {
  const names = new Map([...again.weights().keys()].map((name) => [plain(name), name]));
  expect(names.size).toBe(model.weights().size);
  for (const name of model.weights().keys()) {
    const own = names.get(plain(name));
    const [wanted, got] = [model.getWeight(name), own === undefined ? undefined : again.getWeight(own)];
    expect(got !== undefined && Buffer.from(got.buffer).equals(Buffer.from(wanted.buffer)), name).toBe(true);
  }
}

describe.each(NETWORKS.map((recipe) => [recipe.name, recipe] as const))("the network %s", (_, recipe) => {
  let model: Model;
  beforeAll(async () => {
    model = await trainedNetwork(recipe);
  });
  afterAll(() => model.dispose());

  it.each(["onnx", "keras", "tfjs", "pytorch", "safetensors"] as const)("comes back from %s", async (format) => {
    using again = await readAgain(model, format);
    expectSameWeights(model, again);
    await expectSameOutputs(model, again);
  });

  it.skipIf(!hasPrograms).each(PROGRAMS)("is what we predict in %s", async (__, format) => {
    expect(await isRefused(model, format, 1)).toBe(false);
  });
});
