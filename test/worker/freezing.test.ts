import { expect, it } from "vitest";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { created, everyLayer, SHAPE } from "../model/networks.ts";
import { DATA, session } from "./sessions.ts";

const COMPILE = { engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 8 } as const;

it("freeze and unfreeze do in a worker what they do here, and fail as they do here", async () => {
  const network = { input: { shape: SHAPE, scale: 1 / 128, offset: -1 }, layers: everyLayer(), seed: 7 };
  const here: Model = createModel(network);
  const made = await session();
  const model = await made.createModel(network);
  const data = await made.addDataset(DATA);
  for (const each of [here, model]) {
    await each.freeze("block");
    await each.freeze("first");
    await each.unfreeze("first");
    await each.compile(COMPILE);
  }
  const before = here.getWeight("block/conv2d/kernel");
  await here.fit(DATA, { epochs: 2 });
  await (await model.fit(data, { epochs: 2 })).finished;
  for (const name of here.weights().keys()) expect(await model.getWeight(name), name).toEqual(here.getWeight(name));
  expect(await model.getWeight("block/conv2d/kernel")).toEqual(before);
  expect((await model.describe()).trainable).toBe(here.describe().trainable);
  await expect(model.freeze("nothing")).rejects.toThrow(
    "freeze: expected a layer or block, one of first, second, norm",
  );

  const run = await model.fit(data, { epochs: 2, paused: true });
  await run.step();
  await expect(model.unfreeze("block")).rejects.toThrow("unfreeze: expected no run under way");
  await run.stop();
  await model.unfreeze("block");
  await expect(model.fit(data)).rejects.toThrow("fit: expected compile() after freeze() or unfreeze()");
  expect((await made.loadModel(await model.save())).engine).toBeDefined();
  expect(created().describe().trainable).toBe((await model.describe()).trainable);
});
