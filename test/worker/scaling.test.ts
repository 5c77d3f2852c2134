import { expect, it } from "vitest";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { npyFile } from "../data/read/npy-writer.ts";
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
  await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", gear: "simd" });
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
