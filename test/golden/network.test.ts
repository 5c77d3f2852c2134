import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { residual } from "../../src/graph/residual.ts";
import { leakyRelu } from "../../src/layers/activation.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { gelu } from "../../src/layers/smooth-activation.ts";
import { createModel } from "../../src/training/create-model.ts";
import { type LossOption, softmaxCrossEntropy } from "../../src/training/losses.ts";
import type { Model } from "../../src/training/model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import {
  describeEngines,
  expectNear,
  expectWeights,
  type GoldenArray,
  type GoldenArrays,
  type GoldenEngine,
  type GoldenStep,
  readGolden,
  setWeights,
  stage,
} from "./golden.ts";

interface GoldenNetwork extends GoldenStep {
  readonly logits: GoldenArray;
  readonly correct: readonly number[];
  readonly statistics: GoldenArrays;
}

const golden = readGolden<GoldenNetwork>("network");

const data = createDataset({
  shape: [11, 10, 3],
  images: Float32Array.from(golden.images.values),
  labels: Uint8Array.from(golden.labels),
  classes: 5,
});

/** The network of make-golden.py. */
function layers() {
  return [
    conv2d({ name: "stem", filters: 8, kernelSize: 3, padding: 1, useBias: false }),
    batchNormalization({ name: "norm1", momentum: 0.75, epsilon: 2 ** -10 }),
    leakyRelu({ negativeSlope: 0.125 }),
    maxPooling2d({ poolSize: [3, 2], strides: 2, padding: [1, 0] }),
    residual(
      [
        conv2d({ name: "grouped", filters: 8, kernelSize: 3, padding: "same", groups: 2, useBias: false }),
        batchNormalization({ name: "norm2", momentum: 0.5, epsilon: 2 ** -7 }),
        gelu(),
        conv2d({ name: "dilated", filters: 8, kernelSize: 3, padding: "same", dilationRate: 2, groups: 4 }),
      ],
      { name: "block" },
    ),
    depthwiseConv2d({ name: "depthwise", kernelSize: 3, strides: [2, 1], padding: 1, activation: "tanh" }),
    residual(
      [
        conv2d({
          name: "strided",
          filters: 6,
          kernelSize: 3,
          strides: 2,
          padding: [
            [1, 1],
            [2, 0],
          ],
          activation: "relu",
        }),
      ],
      { name: "down", shortcut: [conv2d({ name: "projection", filters: 6, kernelSize: 1, strides: 2 })] },
    ),
    averagePooling2d({ poolSize: 2, ceilMode: true }),
    flatten(),
    dense({ name: "hidden", units: 10, activation: "sigmoid" }),
    dense({ name: "out", units: 5 }),
  ];
}

/**
 * Rounded operations on the longest way through the network, forward and back: the lengths of the sums in stem, norm1,
 * grouped, norm2, dilated, depthwise, strided, hidden and out, each forward and in the gradient of its input, and the sum
 * over all positions of the batch in a gradient of stem.
 */
const ROUNDINGS = 2 * (27 + 440 + 36 + 120 + 18 + 9 + 72 + 12 + 10) + 440;

async function compiled({ options }: GoldenEngine, loss: LossOption): Promise<Model> {
  const model = createModel({ input: data.shape, layers: layers() });
  await model.compile({ ...options, batchSize: data.length, optimizer: sgd(), loss });
  setWeights(model, golden.weights);
  stage(model, data);
  return model;
}

describeEngines("a small network on $name, against PyTorch", (engine) => {
  const tolerance = engine.tolerance(ROUNDINGS);

  it("has the same losses, gradients and running statistics", async () => {
    const model = await compiled(engine, softmaxCrossEntropy({ labelSmoothing: 0.125 }));
    const { network } = model;
    network.trainStep(data.length, 1, 0, false);
    const { losses, correct } = network.results(data.length);
    expectNear("losses", losses, golden.losses, tolerance);
    expect([...correct]).toEqual(golden.correct);
    for (const [name, { values }] of Object.entries(golden.gradients)) {
      expectNear(`gradient of ${name}`, network.gradient(name), values, tolerance);
    }
    expectWeights(model, golden.statistics, tolerance);
    // A learning rate of 0 leaves the weights as they are.
    expectWeights(model, golden.weights, 0);
    model.dispose();
  });

  it("has the same logits", async () => {
    // This loss has no activation, so that the predictions are the last layer's outputs.
    const model = await compiled(engine, "meanSquaredError");
    const { network } = model;
    network.evaluate(data.length, "training", false);
    expectNear("logits", network.predictions(data.length), golden.logits.values, tolerance);
    model.dispose();
  });
});
