// Every built-in network after a few steps, written and read again by our own readers.

import { describe, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { NETWORKS } from "../../src/recipes/index.ts";
import { expectSameOutputs, trainedNetwork } from "./models.ts";

describe("a built-in network comes back", () => {
  it.each(NETWORKS.map((recipe) => [recipe.name, recipe] as const))("from ONNX: %s", async (_, recipe) => {
    using model = await trainedNetwork(recipe);
    const [{ bytes }] = await exportModel(model, { format: "onnx" });
    const imported = await importModel(bytes, { batchSize: 4, threads: 1, engine: "simd", loss: recipe.loss });
    using again = imported.model;
    await expectSameOutputs(model, again);
  });
});
