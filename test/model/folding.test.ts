import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { sigmoid } from "../../src/layers/activation.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { Probe } from "../../src/model/probe.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { sgd } from "../../src/training/optimizers.ts";

const SHAPE = [2, 2, 1] as const;
const IMAGES = Float32Array.from([1, -2, 3, 0.5, 0.25, 1.5, -1, 2]);
const CASES = [
  {
    loss: "softmaxCrossEntropy",
    last: softmax,
    data: createDataset({ shape: SHAPE, images: IMAGES, labels: Uint8Array.from([2, 0]), classes: 3 }),
  },
  {
    loss: "sigmoidBinaryCrossEntropy",
    last: sigmoid,
    data: createDataset({ shape: SHAPE, images: IMAGES, targets: Float32Array.from([1, 0, 0.5, 0, 1, 1]) }),
  },
] as const;
const cases = (["js", "simd"] as const).flatMap((engine) => CASES.map((item) => ({ engine, ...item })));

describe.each(cases)("a last layer that $loss takes in, on $engine", ({ engine, loss, last, data }) => {
  async function compiled(layers: readonly Layer[], bias?: readonly number[]): Promise<Model> {
    const model = createModel({
      input: SHAPE,
      layers: [flatten(), dense({ name: "out", units: 3 }), ...layers],
      seed: 7,
    });
    await model.compile({ engine, batchSize: 2, optimizer: sgd(), loss });
    if (bias !== undefined) model.setWeight("out/bias", bias);
    return model;
  }

  /** Losses, predictions, and the gradient of the weights. */
  async function results(model: Model): Promise<readonly (readonly number[])[]> {
    const { network } = model;
    network.stageImages(data.images, 2, 0);
    network.stageTargets(data, 2, 0);
    network.trainStep(2, 1, 0, false);
    const { losses } = network.results(2);
    return [[...losses], [...network.gradient("out/kernel")], [...(await model.predict(IMAGES))]];
  }

  it("changes no loss, gradient or prediction", async () => {
    const [without, folded] = [await compiled([]), await compiled([last()])];
    expect(await results(folded)).toEqual(await results(without));
  });

  it("loses nothing where probabilities round to 0 and 1", async () => {
    const folded = await compiled([last()], [0, 400, -400]);
    const [losses] = await results(folded);
    const without = await compiled([], [0, 400, -400]);
    expect(Math.min(...losses)).toBeGreaterThan(100);
    expect(losses).toEqual((await results(without))[0]);
    expect([...(await folded.predict(IMAGES))].every((value) => value === 0 || value === 1)).toBe(
      loss === CASES[0].loss,
    );
  });

  it("shows its own output and the sums before it among activations", async () => {
    const [without, folded] = [await compiled([]), await compiled([last()])];
    const image = IMAGES.subarray(0, 4);
    const sums = (await Probe.create(without.network)).run(image).at(-1)?.values;
    const shown = (await Probe.create(folded.network)).run(image);
    expect(shown.map(({ type }) => type)).toEqual(["flatten", "dense", last().type]);
    expect(shown[1].values).toEqual(sums);
    const wanted = (await folded.predict(IMAGES)).subarray(0, 3);
    shown[2].values.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], 6);
    });
  });
});
