import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { parseLoss } from "../../src/training/losses.ts";
import { sgd } from "../../src/training/optimizers.ts";
import {
  describeEngines,
  expectNear,
  type GoldenArray,
  type GoldenArrays,
  readGolden,
  setWeights,
  stage,
} from "./golden.ts";

const golden = readGolden<{
  readonly images: GoldenArray;
  readonly weights: GoldenArrays;
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly targets: GoldenArray;
        readonly outputs: GoldenArray;
        readonly losses: readonly number[];
        readonly gradients: GoldenArrays;
      }
    >
  >;
}>("losses");

/** The sums of conv and dense forward and of dense back, and over all positions of the batch in the gradient of conv. */
const ROUNDINGS = 9 + 18 + 4 + 27;

const SIGMOID = (x: number) => 1 / (1 + Math.exp(-x));

const cases = Object.entries(golden.cases).map(([loss, wanted]) => ({ loss, ...wanted }));

describeEngines("losses of several outputs on $name, against PyTorch", (engine) => {
  it.each(cases)("$loss", async ({ loss, targets, outputs, losses, gradients }) => {
    const data = createDataset({
      shape: [5, 5, 1],
      images: Float32Array.from(golden.images.values),
      targets: Float32Array.from(targets.values),
    });
    const model = createModel({
      input: data.shape,
      layers: [
        conv2d({ name: "conv", filters: 2, kernelSize: 3, activation: "tanh" }),
        flatten(),
        dense({ name: "dense", units: 4 }),
      ],
    });
    await model.compile({
      ...engine.options,
      batchSize: data.length,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: parseLoss(loss),
    });
    setWeights(model, golden.weights);
    stage(model, data);
    const tolerance = engine.tolerance(ROUNDINGS);

    model.network.evaluate(data.length, "inference", true);
    expectNear("losses", model.network.results(data.length).losses, losses, tolerance);
    const wanted = loss === "meanSquaredError" ? outputs.values : outputs.values.map(SIGMOID);
    expectNear("predictions", model.network.predictions(data.length), wanted, tolerance);

    model.network.trainStep(data.length, 1, 0, false);
    for (const [name, { values }] of Object.entries(gradients)) {
      expectNear(`gradient of ${name}`, model.network.gradient(name), values, tolerance);
    }
    const { loss: mean, accuracy } = await model.evaluate(data);
    expectNear("mean loss", [mean], [losses.reduce((sum, value) => sum + value, 0) / losses.length], tolerance);
    expect(accuracy).toBeNaN();
    model.dispose();
  });
});
