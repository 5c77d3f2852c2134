import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createModel, dense, flatten } from "../../src/index.ts";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
afterAll(remove);

let training: string[];
const pathsOf = (...folder: string[]) =>
  readdirSync(join(cwd, ...folder)).flatMap((name) =>
    readdirSync(join(cwd, ...folder, name))
      .sort()
      .map((file) => ({ name, file })),
  );

beforeAll(async () => {
  writeClasses(join(cwd, "pets", "train"), { cat: 12, dog: 10, hen: 9 });
  writeClasses(join(cwd, "pets", "test"), { cat: 3, dog: 3, hen: 3 }, { seed: 2 });
  // The same pictures without folders of classes, in the same order.
  mkdirSync(join(cwd, "album", "all"), { recursive: true });
  const rows = ["label,file,split"];
  for (const part of ["train", "test"]) {
    for (const { name, file } of pathsOf("pets", part)) {
      const own = `all/${part}, ${name} ${file}`;
      writeFileSync(join(cwd, "album", own), readFileSync(join(cwd, "pets", part, name, file)));
      rows.push(`${name},"${own}",${part}`);
    }
  }
  writeFileSync(join(cwd, "album", "pictures.csv"), rows.join("\r\n"));
  training = smallTraining(cwd);
  const backbone = createModel({
    input: { shape: [8, 8, 1], scale: 1 / 255 },
    layers: [flatten({ name: "pixels" }), dense({ units: 4 })],
  });
  await backbone.compile({ loss: "softmaxCrossEntropy", engine: "js" });
  writeFileSync(join(cwd, "backbone.safetensors"), backbone.save());
});

it("trains on a list as on folders, from memory, streamed and by a backbone; evaluates and predicts with it", async () => {
  const folders = await run("train", "pets", ...training, "--json", "--out", "a");
  const list = await run("train", "album/pictures.csv", ...training, "--json", "--out", "b");
  expect([folders.stderr, list.stderr]).toEqual(["", ""]);
  const sha256 = folders.event("done").weightsSha256;
  expect(list.event("done").weightsSha256).toBe(sha256);
  const streamed = await run("train", "album/pictures.csv", ...training, "--streaming", "true", "--json", "--out", "c");
  expect([streamed.stderr, streamed.event("done").weightsSha256]).toEqual(["", sha256]);
  // The folder itself: the list in it says the classes, as its folders do not.
  const folder = await run("train", "album", ...training, "--json", "--out", "d");
  expect([folder.stderr, folder.event("done").weightsSha256]).toEqual(["", sha256]);

  const transfer = ["--backbone", "backbone.safetensors", "--engine", "simd", "--json"];
  const heads = [
    await run("train", "pets", ...transfer, "--out", "e"),
    await run("train", "album/pictures.csv", ...transfer, "--out", "f"),
  ];
  expect(heads.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  expect(heads[1].event("done").weightsSha256).toBe(heads[0].event("done").weightsSha256);

  const [own, others] = [await run("eval", "b", "--json"), await run("eval", "a", "pets", "--json")];
  expect(own.event("done").testAccuracy).toBe(others.event("done").testAccuracy);
  const predicted = await run("predict", "b", "album/pictures.csv", "--json");
  expect(predicted.code).toBe(0);
  expect(predicted.event("done")).toMatchObject({ images: 40, known: 40 });
  const inspected = await run("data", "inspect", "album/pictures.csv", "--json");
  expect(inspected.event("data")).toMatchObject({ classNames: ["cat", "dog", "hen"], trainImages: 31, testImages: 9 });
});

it("says in one line what is wrong with a list", async () => {
  writeFileSync(join(cwd, "album", "wrong.csv"), "file,label\nall/nothing.png,cat\n../pets/train/cat/000.png,cat\n");
  const outside = await run("train", "album/wrong.csv");
  expect([outside.code, outside.stdout]).toEqual([2, ""]);
  expect(outside.stderr).toBe(
    `convasm: readList "album/wrong.csv": expected a file in the list's folder in line 3, got "../pets/train/cat/000.png"\n`,
  );
  writeFileSync(join(cwd, "album", "gone.json"), JSON.stringify([{ file: "gone.png", label: "cat" }]));
  const gone = await run("train", "album/gone.json");
  expect([gone.code, gone.stderr]).toEqual([
    2,
    `convasm: readList "album/gone.json": expected pictures that are there, got 1 missing ("album/gone.png"); --skip-broken (skipBroken) leaves such files out\n`,
  ]);
});
