// An imported network is trained on, to PyTorch's losses (make-imported.py).

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { efficientnetLite0 } from "../../src/recipes/efficientnet-lite.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { photographs, sharedFile } from "./photographs.ts";

useFiles();

const file = sharedFile("models", "efficientnet-lite0.pth");
const zip = sharedFile("data", "ants-bees.zip");

it.skipIf(file === undefined || zip === undefined)(
  "EfficientNet-Lite0: all layers, 20 steps of SGD, batch 8",
  async () => {
    const golden = JSON.parse(readFileSync(new URL("imported.golden.json", import.meta.url), "utf8"));
    const { rate, losses } = golden.efficientnetLite0.steps;
    const shape = [224, 224, 3] as const;
    // Without dropout, whose random numbers are others there.
    const layers = efficientnetLite0.layers(1000).filter(({ type }) => type !== "dropout");
    const network = { input: { ...efficientnetLite0.input, shape }, layers };
    const { model } = await importModel(file ?? "", { engine: "simd", threads: 1, network });
    const labels = Uint16Array.from({ length: 8 }, (_, i) => 100 * i);
    const data = createDataset({ shape, images: await photographs(zip ?? "", 224), labels, classes: 1000 });
    const optimizer = sgd({ learningRate: rate });
    await model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: 8, engine: "simd", threads: 2 });
    const ours: number[] = [];
    for await (const event of model.fitEvents(data, { epochs: losses.length })) {
      if (event.event === "step") ours.push(event.loss);
    }
    model.dispose();
    expect(ours).toHaveLength(20);
    for (const [i, loss] of ours.entries()) expect(Math.abs(loss - losses[i]), `step ${i + 1}`).toBeLessThan(1e-3);
    console.log(
      `largest difference: ${Math.max(...ours.map((loss, i) => Math.abs(loss - losses[i]))).toExponential(1)}`,
    );
  },
);
