import { expect, it } from "vitest";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { whiten } from "../../src/training/whitening.ts";
import { SHAPE } from "../model/networks.ts";
import { DATA, session } from "./sessions.ts";

const COMPILE = { engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy" } as const;

it("whiten gives a model in a worker the filters that it gives one here, and fails as it does here", async () => {
  const network = {
    input: { shape: SHAPE, scale: 1 / 128, offset: -1 },
    layers: [conv2d({ filters: 8, kernelSize: 2 }), flatten(), dense({ units: 3 })],
  };
  const here = createModel(network);
  await here.compile(COMPILE);
  const drawn = here.getWeight("conv2d/kernel");
  whiten(here, DATA, { images: 20, epsilon: 0.01 });

  const made = await session();
  const model = await made.createModel(network);
  await model.compile(COMPILE);
  const data = await made.addDataset(DATA);
  expect(await model.getWeight("conv2d/kernel")).toEqual(drawn);
  await model.whiten(data, { images: 20, epsilon: 0.01 });
  const whitened = await model.getWeight("conv2d/kernel");
  expect(whitened).toEqual(here.getWeight("conv2d/kernel"));
  expect(whitened).not.toEqual(drawn);
  await expect(model.whiten(data, { epsilon: -1 })).rejects.toThrow(RangeError);
});
