// Pretrained networks, with the numbers of PyTorch (make-imported.py) and Keras (make-cifar10.py).

import { describe, expect, it } from "vitest";
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
import { HOST_ENGINES } from "../engines.ts";
import { sharedFile } from "./photographs.ts";
import {
  difference,
  expectCifar10,
  expectEfficientNet,
  hasCifar10,
  hasPhotographs,
  PYTORCH,
  sha256,
} from "./shared-networks.ts";

useFiles();

/** Engines that are fast. */
const WASM = HOST_ENGINES.filter((engine) => engine !== "js");

/** Every how many pictures an engine predicts here; `every-engine.slow.test.ts` has all. */
const STEPS = { js: 125, simd: 1, relaxed: 25, wide: 25 };

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
    expect(sha256(predictions)).toBe(PYTORCH.mnist.sha256);
    const right = predictions.filter((value, i) => value === labels[i]).length;
    expect(right / test.length).toBe(PYTORCH.mnist.accuracy);
    expect(PYTORCH.mnist.accuracy).toBeGreaterThanOrEqual(0.99);
    expect(difference(logits, PYTORCH.mnist.logits)).toBeLessThan(PYTORCH.mnist.closest / 100);
  });
});

describe("efficientnet-lite0", () => {
  const weights = sharedFile("models", "efficientnet-lite0.pth");
  const onnx = sharedFile("models", "efficientnet-lite0.onnx");
  const network = recipeArchitecture(efficientnetLite0, { classes: 1000 });

  it.skipIf(weights === undefined || !hasPhotographs)("has PyTorch's logits as weights in the network", async () => {
    for (const engine of WASM) await expectEfficientNet(weights ?? "", { network }, engine, engine === "simd" ? 8 : 2);
  });

  it.skipIf(onnx === undefined || !hasPhotographs)("has PyTorch's logits as ONNX, on every engine", async () => {
    const options = { input: { mean: 127, deviation: 128 } };
    for (const engine of HOST_ENGINES) await expectEfficientNet(onnx ?? "", options, engine, engine === "simd" ? 8 : 1);
  });
});

describe("cifar10-cnn.h5", () => {
  it.skipIf(!hasCifar10)("predicts what Keras does, on every engine", async () => {
    for (const engine of HOST_ENGINES) await expectCifar10(engine, STEPS[engine]);
  });
});
