import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { createModel } from "../../src/training/create-model.ts";
import { parseOptimizer } from "../../src/training/optimizers.ts";
import {
  describeEngines,
  expectNear,
  expectWeights,
  type GoldenArray,
  type GoldenArrays,
  readGolden,
  setWeights,
} from "./golden.ts";

const golden = readGolden<{
  readonly images: GoldenArray;
  readonly labels: readonly number[];
  readonly weights: GoldenArrays;
  readonly runs: readonly {
    readonly options: { readonly type: string };
    readonly losses: readonly number[];
    readonly weights: GoldenArrays;
    readonly statistics: GoldenArrays;
  }[];
}>("optimizers");

const data = createDataset({
  shape: [8, 8, 1],
  images: Float32Array.from(golden.images.values),
  labels: Uint8Array.from(golden.labels),
});

/**
 * Rounded operations on the longest way through a step: the sums of conv, norm and dense forward, of dense and norm back, of
 * the gradient of conv; and in all steps.
 */
const STEP_ROUNDINGS = 9 + 216 + 27 + 3 + 216 + 216;

describeEngines("ten steps of an optimizer on $name, against PyTorch", (engine) => {
  it.each(golden.runs)("$options", async ({ options, losses, weights, statistics }) => {
    const model = createModel({
      input: data.shape,
      layers: [
        conv2d({ name: "conv", filters: 3, kernelSize: 3, activation: "relu" }),
        batchNormalization({ name: "norm", momentum: 0.75, epsilon: 2 ** -10 }),
        maxPooling2d(),
        flatten(),
        dense({ name: "dense", units: 3 }),
      ],
    });
    const optimizer = parseOptimizer(options);
    await model.compile({ ...engine.options, batchSize: data.length, optimizer, loss: "softmaxCrossEntropy" });
    setWeights(model, golden.weights);
    const tolerance = engine.tolerance(losses.length * STEP_ROUNDINGS);
    const got: number[] = [];
    for await (const event of model.fitEvents(data, { epochs: losses.length, shuffle: false })) {
      if (event.event === "step") got.push(event.loss);
    }
    expectNear("loss", got, losses, tolerance);
    expectWeights(model, weights, tolerance);
    expectWeights(model, statistics, tolerance);
    expect(got).toHaveLength(10);
    model.dispose();
  });
});
