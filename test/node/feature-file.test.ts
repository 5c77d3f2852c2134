import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createModel, flatten, type Model } from "../../src/index.ts";
import { FeatureFile, pixelsDigest } from "../../src/node/feature-file.ts";
import { temporaryFolder } from "../cli/process.ts";

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)].map(pixelsDigest);
const rows = Float32Array.of(0.1, 1e-30, -2, 7);
let model: Model;

beforeAll(async () => {
  model = createModel({ input: { shape: [1, 2, 1] }, layers: [flatten()] });
  await model.compile({ engine: "js" });
});

const fileIn = (folder: string) => join(folder, readdirSync(folder)[0]);

it("keeps features from one opening to the next, and appends", async () => {
  const folder = join(cwd, "kept");
  const first = await FeatureFile.open(model, folder);
  expect(first.find(one)).toBeUndefined();
  await first.add([one], rows.subarray(0, 2));
  await first.add([two], rows.subarray(2));
  await first.close();
  const second = await FeatureFile.open(model, folder);
  expect([second.find(one), second.find(two)]).toEqual([rows.slice(0, 2), rows.slice(2)]);
  expect(readFileSync(fileIn(folder)).length).toBe(2 * (32 + 8 + 4));
});

it("begins anew where a record is damaged or cut off", async () => {
  const folder = join(cwd, "damaged");
  await (await FeatureFile.open(model, folder)).add([one, two], rows);
  const path = fileIn(folder);
  const whole = readFileSync(path);
  const flipped = Buffer.from(whole);
  flipped[40] ^= 1;
  for (const bytes of [whole.subarray(0, -1), flipped]) {
    writeFileSync(path, bytes);
    const again = await FeatureFile.open(model, folder);
    expect([again.find(one), readdirSync(folder)]).toEqual([undefined, []]);
    await again.add([two], rows.subarray(2));
    expect((await FeatureFile.open(model, folder)).find(two)).toEqual(rows.slice(2));
  }
});

it("is another file for another network, and goes when there is no room", async () => {
  const folder = join(cwd, "room");
  await (await FeatureFile.open(model, folder)).add([one], rows.subarray(0, 2));
  const other = createModel({ input: { shape: [1, 2, 1], scale: 2 }, layers: [flatten()] });
  await other.compile({ engine: "js" });
  const file = await FeatureFile.open(other, folder, { maxFiles: 1 });
  expect(file.find(one)).toBeUndefined();
  await file.add([two], rows.subarray(0, 2));
  expect(readdirSync(folder)).toHaveLength(2);
  await file.close();
  expect(readdirSync(folder)).toHaveLength(1);
  const small = await FeatureFile.open(other, join(cwd, "small"), { maxBytes: 10 });
  await small.add([one], rows.subarray(0, 2));
  expect(small.find(one)).toEqual(rows.slice(0, 2));
  expect(() => readdirSync(join(cwd, "small"))).toThrow();
});
