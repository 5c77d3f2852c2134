import { describe, expect, it } from "vitest";
import { relu } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { concatenate } from "../../src/layers/concatenate.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { globalAveragePooling2d } from "../../src/layers/global-average-pooling2d.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { multiply } from "../../src/layers/multiply.ts";
import type { Mode } from "../../src/layers/placed-layer.ts";
import { Architecture } from "../../src/model/architecture.ts";
import { Network } from "../../src/model/network.ts";
import { softmaxCrossEntropy } from "../../src/training/losses.ts";
import { adam, sgd } from "../../src/training/optimizers.ts";
import { barImages, CLASSES, everyLayer, SHAPE } from "./networks.ts";

/** Branches of different sizes, wide enough for Winograd, with dense layers of which small batches read weights unpacked. */
function branches(): Layer[] {
  return [
    conv2d({ name: "stem", filters: 16, kernelSize: 3, padding: 1, activation: "relu" }),
    conv2d({ name: "left", filters: 17, kernelSize: 3, padding: 1, useBias: false }),
    batchNormalization(),
    relu({ name: "leftEnd" }),
    depthwiseConv2d({ name: "right", inputs: "stem", kernelSize: 3, padding: 1, activation: "tanh" }),
    concatenate({ name: "both", inputs: ["leftEnd", "right", "input"] }),
    globalAveragePooling2d(),
    dense({ units: 9, activation: "relu" }),
    dense({ name: "factors", units: 35, activation: "sigmoid" }),
    multiply({ name: "excited", inputs: ["both", "factors"] }),
    add({ inputs: ["both", "excited"] }),
    conv2d({ filters: 16, kernelSize: 3, strides: 2 }),
    flatten(),
    dense({ units: CLASSES }),
  ];
}

const data = barImages(100);

interface Run {
  readonly weights: Float32Array;
  readonly predictions: readonly Float32Array[];
  readonly heap: number;
}

/** Trains on batches of several sizes, evaluating in between in every mode. */
async function run(
  layers: readonly Layer[],
  batchSize: number,
  options: { readonly compact: boolean; readonly threads: number; readonly training: boolean },
): Promise<Run> {
  const architecture = new Architecture({ input: { shape: SHAPE, scale: 1 / 128, offset: -1 }, layers });
  const optimizer = batchSize === 1 ? sgd({ learningRate: 0.05 }) : adam({ learningRate: 0.01 });
  const { compact, threads, training } = options;
  const settings = { batchSize, seed: 7, engine: "simd", loss: softmaxCrossEntropy(), compact, threads } as const;
  const network = await Network.create(architecture, training ? { ...settings, optimizer } : settings);
  const predictions: Float32Array[] = [];
  const sizes = [batchSize, Math.max(batchSize - 1, 1), 1, Math.min(2, batchSize)];
  // One that only predicts has no memory for statistics of the batch.
  const modes: readonly Mode[] = training
    ? ["inference", "batchStatistics", "calibration", "inference"]
    : ["inference", "inference", "inference", "inference"];
  let begin = 0;
  for (const [i, n] of sizes.entries()) {
    network.stageImages(data.images, n, begin);
    network.stageTargets(data, n, begin);
    if (training) network.trainStep(n, i + 1, 0.01, false);
    network.evaluate(n, modes[i], true);
    predictions.push(Float32Array.from(network.predictions(n)), Float32Array.from(network.results(n).losses));
    begin += n;
  }
  const { offset, count } = network.parameters.values;
  const weights = Float32Array.from(network.view(offset, count));
  const heap = network.engine.heap.length;
  network.dispose();
  return { weights, predictions, heap };
}

describe.each([
  ["every layer", everyLayer],
  ["branches", branches],
] as const)("memory that serves twice: %s", (_, layers) => {
  it.each([
    { batchSize: 18, training: true },
    { batchSize: 2, training: true },
    { batchSize: 1, training: true },
    { batchSize: 18, training: false },
    { batchSize: 1, training: false },
    { batchSize: 40, training: false },
  ])("gives the same bits as memory of each tensor's own, $batchSize images, training $training", async (kind) => {
    const { batchSize, training } = kind;
    const wanted = await run(layers(), batchSize, { compact: false, threads: 1, training });
    for (const threads of [1, 2, 3]) {
      const got = await run(layers(), batchSize, { compact: true, threads, training });
      expect(got.predictions, `predictions on ${threads} threads`).toEqual(wanted.predictions);
      expect(got.weights, `weights on ${threads} threads`).toEqual(wanted.weights);
      // A heap is of whole pages of 64 KiB.
      if (threads === 1 && batchSize > 2) expect(got.heap).toBeLessThan(wanted.heap);
    }
  });
});
