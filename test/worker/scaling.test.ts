import { expect, it } from "vitest";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { runReading } from "../../src/training/run-reading.ts";
import type { RemoteDataset } from "../../src/worker/remote-dataset.ts";
import { npyFile } from "../data/read/npy-writer.ts";
import { oldFile } from "../formats/changed.ts";
import { session } from "./sessions.ts";

/** Four images of 2 x 2 numbers up to a highest one. */
function files(part: string, highest: number) {
  const numbers = Uint16Array.from({ length: 16 }, (_, i) => (i * highest) / 15);
  return [npyFile(`x_${part}.npy`, [4, 2, 2], numbers), npyFile(`y_${part}.npy`, [4], Uint8Array.of(0, 1, 0, 1))];
}

it("a session's data sets and models know their scaling, and files are read by it", async () => {
  const made = await session();
  const { train, test } = await made.readData([...files("train", 3000), ...files("test", 600)], { stretch: true });
  if (train === undefined || test === undefined) throw new Error("expected both parts");
  const scaling = { base: 0, factor: 0.085 };
  expect(train.scaling).toEqual(scaling);
  const model = await made.createModel({
    input: { shape: [2, 2, 1], scale: 1 / 255 },
    layers: [flatten(), dense({ units: 2 })],
  });
  expect(model.scaling).toBeUndefined();
  await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "simd" });
  const run = await model.fit(train, { epochs: 2, validation: test });
  await run.finished;
  expect(model.scaling).toEqual(scaling);
  const figures = await model.evaluate(test);

  const loaded = await made.loadModel(await model.save());
  expect(loaded.scaling).toEqual(scaling);
  const alone = await made.readData(files("test", 600), { scaling: loaded.scaling });
  if (alone.test === undefined) throw new Error("expected images to test on");
  expect((await alone.test.slice(0, 2)).scaling).toEqual(scaling);
  expect(await loaded.evaluate(alone.test)).toEqual(figures);
  const anew = await made.readData(files("test", 600), { stretch: true });
  if (anew.test === undefined) throw new Error("expected images to test on");
  await expect(loaded.report(anew.test)).rejects.toThrow("report: expected pixels scaled as the training's");
  // The library's own data sets carry theirs across.
  const here = { name: "here", length: 1, shape: [2, 2, 1] as const, images: new Uint8Array(4), classes: 2 };
  const labels = Uint8Array.of(1);
  const moved = await made.addDataset({ ...here, labels, targets: undefined, classNames: undefined, scaling });
  expect(moved.scaling).toEqual(scaling);
});

it.each(["of version 0.1, by its rule", "of today, by the scaling of its model"])("a run %s goes on", async (which) => {
  const isOld = which.startsWith("of version");
  const made = await session();
  const all = [...files("train", 3000), ...files("test", 600)];
  // From 7 on: version 0.1 has that for black, and 0 today.
  all[0] = npyFile(
    "x_train.npy",
    [4, 2, 2],
    Uint16Array.from({ length: 16 }, (_, i) => 7 + 200 * i),
  );
  const read = async (settings: object) => {
    const { train } = await made.readData(all, settings);
    if (train === undefined) throw new Error("expected images to train on");
    return train;
  };
  const first = await read({ stretch: isOld ? "former" : true });
  const model = await made.createModel({
    input: { shape: [2, 2, 1], scale: 1 / 255 },
    layers: [flatten(), dense({ units: 2 })],
  });
  await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "simd", batchSize: 2 });
  const run = await model.fit(first, { epochs: 3, paused: true });
  await run.step();
  const written = await run.checkpoint();
  const file = isOld ? oldFile(written) : written;
  await run.resume();
  await run.finished;
  const wanted = await model.weightsSha256();

  const reading = runReading(undefined, (await made.loadModel(file)).scaling);
  expect(reading).toEqual(isOld ? { stretch: "former" } : { scaling: first.scaling });
  const resumed = async (data: RemoteDataset) => {
    const loaded = await made.loadModel(file, { training: true, engine: "simd" });
    await (await loaded.fit(data, { checkpoint: file })).finished;
    return loaded.weightsSha256();
  };
  expect(await resumed(await read(reading))).toBe(wanted);
  const refused = isOld
    ? /^fit: expected the images that the checkpoint's run began with, got others: 4 of train; runReading tells their scaling$/
    : /^fit: expected pixels scaled as the training's, from 0 to 3007 to 0 to 255, got from 7 to 3007/;
  await expect(resumed(await read({ stretch: isOld ? true : "former" }))).rejects.toThrow(refused);
});
