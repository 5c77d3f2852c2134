import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { dense, flatten } from "../../src/index.ts";
import { openDataFiles } from "../../src/node/data-files.ts";
import { divide } from "../../web/src/data/parts.ts";
import { writeClasses } from "../cli/class-folders.ts";
import { convasmHere } from "../cli/in-process.ts";
import { temporaryFolder } from "../cli/process.ts";
import { session } from "./sessions.ts";

const { path: cwd, remove } = temporaryFolder();

afterAll(remove);

/** The files of a folder for a session. */
async function files(folder: string) {
  const found = await openDataFiles(join(cwd, folder));
  return Promise.all(found.map(async (file) => ({ name: file.name, bytes: await file.bytes() })));
}

it("a folder's own part for validation is a data set in a session, which the page uses and the command line finds again", async () => {
  writeClasses(join(cwd, "pets/train"), { cat: 6, dog: 6 });
  writeClasses(join(cwd, "pets/val"), { cat: 2, dog: 1 }, { seed: 2 });
  writeClasses(join(cwd, "pets/test"), { cat: 2, dog: 2 }, { seed: 3 });
  const made = await session();
  const { train, test, validation, notes } = await made.readData(await files("pets"));
  if (train === undefined || test === undefined) throw new Error("readData: expected images");
  expect([train.length, test.length, validation?.length, notes]).toEqual([12, 4, 3, []]);
  const images = { train, test, validation, draw: undefined };
  expect((await divide(images, { validation: "usual" })).validation).toBe(validation);
  expect((await divide(images, { validation: "val" })).validation).toBe(validation);
  expect((await divide(images, { validation: "test" })).validation).toBe(test);
  expect((await divide({ train, test, draw: undefined }, { validation: "usual" })).validation).toBe(test);
  await expect(divide({ train, test, draw: undefined }, { validation: "val" })).rejects.toThrow(
    "a part for validation",
  );

  const model = await made.createModel({
    input: { shape: [8, 8, 1] },
    layers: [flatten(), dense({ units: 2 })],
    seed: 1,
  });
  await model.compile({ engine: "simd", optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 4 });
  const run = await model.fit(train, { epochs: 2, paused: true, ...(validation && { validation }) });
  await run.step();
  writeFileSync(join(cwd, "page.safetensors"), await run.checkpoint());
  expect(readFileSync(join(cwd, "page.safetensors"), "latin1")).toContain('\\"validation\\":\\"val\\"');
  const words = ["train", "--resume", "page.safetensors", "--data", "pets", "--out", "on", "--json", "--threads", "1"];
  const { code, stderr, event } = await convasmHere(words, { cwd });
  expect([code, stderr]).toEqual([0, ""]);
  expect(event("start").data).toMatchObject({ trainImages: 12, validationImages: 3, testImages: 4 });
});

it("where there is nothing else to test on, the part for validation is both", async () => {
  writeClasses(join(cwd, "two/train"), { cat: 2, dog: 2 });
  writeClasses(join(cwd, "two/val"), { cat: 1, dog: 1 });
  const { test, validation } = await (await session()).readData(await files("two"));
  expect(validation).toBe(test);
  expect(test?.length).toBe(2);
});
