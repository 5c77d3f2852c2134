// An imported network is trained on, to PyTorch's losses (make-imported.py).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { type ImportOptions, importModel } from "../../src/importing/import-model.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { efficientnetLite0 } from "../../src/recipes/efficientnet-lite.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { photographs, sharedFile } from "./photographs.ts";

useFiles();

const zip = sharedFile("data", "ants-bees.zip");
const shape = [224, 224, 3] as const;

/** The weights of a state dict in the network, without dropout, whose random numbers are others there. */
const ofStateDict = (): ImportOptions => {
  const layers = efficientnetLite0.layers(1000).filter(({ type }) => type !== "dropout");
  return { network: { input: { ...efficientnetLite0.input, shape }, layers } };
};

describe("EfficientNet-Lite0: all layers, 20 steps of SGD, batch 8", () => {
  it.each([
    { file: "efficientnet-lite0.pth", options: ofStateDict, key: "steps", weights: 247 },
    // Whose normalisations are folded into the convolutions: PyTorch trains that network, too.
    {
      file: "efficientnet-lite0.onnx",
      options: (): ImportOptions => ({ input: { mean: 127, deviation: 128 } }),
      key: "foldedSteps",
      weights: 100,
    },
  ])("from $file", async ({ file: name, options, key, weights }) => {
    const file = sharedFile("models", name);
    if (file === undefined || zip === undefined) return;
    const golden = JSON.parse(readFileSync(new URL("imported.golden.json", import.meta.url), "utf8"));
    const { rate, losses } = golden.efficientnetLite0[key];
    const imported = await importModel(file, { engine: "simd", threads: 1, ...options() });
    using model = imported.model;
    expect(model.weights().size).toBe(weights);
    const labels = Uint16Array.from({ length: 8 }, (_, i) => 100 * i);
    const data = createDataset({ shape, images: await photographs(zip, 224), labels, classes: 1000 });
    const optimizer = sgd({ learningRate: rate });
    await model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: 8, engine: "simd", threads: 2 });
    const ours: number[] = [];
    for await (const event of model.fitEvents(data, { epochs: losses.length })) {
      if (event.event === "step") ours.push(event.loss);
    }
    expect(ours).toHaveLength(20);
    const largest = Math.max(...ours.map((loss, i) => Math.abs(loss - losses[i])));
    console.log(`${name}: largest difference ${largest.toExponential(1)}`);
    expect(largest).toBeLessThan(1e-3);
  });
});
