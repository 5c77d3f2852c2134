// Pretrained networks, with the numbers of PyTorch (make-imported.py) and Keras (make-cifar10.py).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { loadIdxFolder } from "../../src/node/mnist.ts";
import { argmax } from "../../src/numeric/argmax.ts";
import { efficientnetLite0 } from "../../src/recipes/efficientnet-lite.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";
import { cifarPictures, photographs, sharedFile } from "./photographs.ts";

useFiles();

const golden = JSON.parse(readFileSync(new URL("imported.golden.json", import.meta.url), "utf8"));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Largest difference of two lists of numbers. */
function difference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return theirs.reduce((worst, value, i) => Math.max(worst, Math.abs(value - ours[i])), 0);
}

describe("mnist-cnn.pth", () => {
  const file = sharedFile("models", "mnist-cnn.pth");
  const folder = sharedFile("data", "mnist");

  it.skipIf(file === undefined || folder === undefined)("predicts what PyTorch does, for all test images", async () => {
    const convolution = (filters: number) => conv2d({ filters, kernelSize: 3, padding: 1, activation: "relu" });
    const { model } = await importModel(file ?? "", {
      engine: "simd",
      network: {
        input: { shape: [28, 28, 1], mean: 0.1307 * 255, deviation: 0.3081 * 255 },
        layers: [
          ...[convolution(32), maxPooling2d(), convolution(64), maxPooling2d(), flatten()],
          ...[dense({ units: 128, activation: "relu" }), dense({ units: 10 })],
        ],
      },
    });
    const { test } = await loadIdxFolder(folder ?? "");
    if (test?.labels === undefined) throw new Error("no test images");
    const { labels } = test;
    const logits = await model.predict(test.images);
    model.dispose();
    const predictions = Uint8Array.from({ length: test.length }, (_, i) =>
      argmax(logits.subarray(10 * i, 10 * i + 10)),
    );
    expect(sha256(predictions)).toBe(golden.mnist.sha256);
    const right = predictions.filter((value, i) => value === labels[i]).length;
    expect(right / test.length).toBe(golden.mnist.accuracy);
    expect(golden.mnist.accuracy).toBeGreaterThanOrEqual(0.99);
    expect(difference(logits, golden.mnist.logits)).toBeLessThan(golden.mnist.closest / 100);
  });
});

describe("efficientnet-lite0", () => {
  const weights = sharedFile("models", "efficientnet-lite0.pth");
  const onnx = sharedFile("models", "efficientnet-lite0.onnx");
  const zip = sharedFile("data", "ants-bees.zip");
  const { pixels: digest, every, range, best, logits } = golden.efficientnetLite0;

  const network = recipeArchitecture(efficientnetLite0, { classes: 1000 });

  it.each([
    ["weights in the built-in network", weights, { network }],
    ["ONNX", onnx, { input: { mean: 127, deviation: 128 } }],
  ])("has PyTorch's logits for eight photographs, on every engine, from %s", async (_, file, options) => {
    if (file === undefined || zip === undefined) return;
    const pixels = await photographs(zip, 224);
    expect(sha256(pixels)).toBe(digest);
    for (const engine of (["simd", "relaxed", "wide"] as const).filter(hasEngine)) {
      const { model, pairs, unused } = await importModel(file, { engine, threads: 1, batchSize: 8, ...options });
      expect([pairs.length, unused]).toEqual([model.weights().size, []]);
      const outputs = await model.predict(pixels);
      model.dispose();
      const ours = Array.from({ length: logits.length }, (_, i) => outputs[i * every]);
      expect(difference(ours, logits) / range, engine).toBeLessThan(1e-5);
      expect(Array.from({ length: 8 }, (_, i) => argmax(outputs.subarray(1000 * i, 1000 * i + 1000)))).toEqual(best);
    }
  });
});

describe("cifar10-cnn.h5", () => {
  const file = sharedFile("models", "cifar10-cnn.h5");
  const zip = sharedFile("data", "cifar10-jpeg.zip");
  const {
    pixels: digest,
    classes,
    accuracy,
    closest,
    range,
    logits,
  } = JSON.parse(readFileSync(new URL("cifar10.golden.json", import.meta.url), "utf8"));

  it.skipIf(file === undefined || zip === undefined)("predicts what Keras does, for 1,000 pictures", async () => {
    const { pixels, labels } = await cifarPictures(zip ?? "");
    expect(sha256(pixels)).toBe(digest);
    const { model, pairs, missing, unused, notes } = await importModel(file ?? "", { input: "raw", engine: "simd" });
    expect([pairs.length, missing, unused, notes]).toEqual([42, [], [], []]);
    // The file's loss works on logits: predictions are probabilities, and the logits those of another loss.
    expect(model.network.loss?.config).toEqual({ type: "softmaxCrossEntropy" });
    const probabilities = await model.predict(pixels.subarray(0, 3072));
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    await model.compile({ engine: "simd", loss: "meanSquaredError" });
    const ours = await model.predict(pixels);
    model.dispose();
    const best = labels.map((_, i) => argmax(ours.subarray(10 * i, 10 * i + 10)));
    expect(best.join("")).toBe(classes);
    expect(best.filter((value, i) => value === labels[i]).length / 1000).toBe(accuracy);
    const every = Array.from({ length: 80 }, (_, i) => ours[Math.floor(i / 10) * 1250 + (i % 10)]);
    expect(difference(every, logits)).toBeLessThan(1e-5 * range);
    expect(difference(every, logits)).toBeLessThan(closest / 10);
  });
});
