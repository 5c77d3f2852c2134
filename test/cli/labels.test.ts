import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createModel, dense, flatten } from "../../src/index.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { encodePng } from "../data/png-writer.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(here(...names), "utf8"));
afterAll(remove);

const SIDE = 8;
const LABELS = ["low", "middle", "top"];
const ROWS: Readonly<Record<string, number>> = { top: 1, middle: 3, low: 6 };

/** A picture with a bright row for each of its labels. */
function picture(labels: readonly string[], seed: number): Uint8Array {
  const noise = RandomStream.from(seed, "noise");
  const sample = (x: number, y: number) =>
    noise.integer(y * SIDE + x, 60) + (labels.some((label) => ROWS[label] === y) ? 190 : 0);
  return encodePng({ width: SIDE, height: SIDE, depth: 8, colourType: 0, sample });
}

/** Labels of image i: all subsets in turn. */
const labelsOf = (i: number) => LABELS.filter((_, bit) => (i >> bit) & 1);
const layers = [{ type: "flatten" }, { type: "dense", units: 3 }];
const TRAINING = ["--model", "small.json", "--engine", "simd", "--threads", "1"];

beforeAll(async () => {
  mkdirSync(here("all"));
  const rows: string[][] = [];
  for (let i = 0; i < 96; i++) {
    const name = `all/${String(i).padStart(3, "0")}.png`;
    writeFileSync(here(name), picture(labelsOf(i), i));
    rows.push([name, labelsOf(i).join(";"), i < 72 ? "train" : "test"]);
  }
  writeFileSync(here("list.csv"), `file,labels,split\n${rows.map((cells) => cells.join(",")).join("\n")}\n`);
  // The same by rows, of which pictures without a label have one with none, and as JSON.
  const each = rows.flatMap(([name, labels, split]) => labels.split(";").map((label) => `${name},${label},${split}`));
  writeFileSync(here("rows.csv"), `file,label,split\n${each.join("\n")}\n`);
  const records = rows.map(([file, labels, split]) => ({
    file,
    labels: labels === "" ? [] : labels.split(";"),
    split,
  }));
  writeFileSync(here("list.json"), JSON.stringify(records));
  const network = { layers, optimizer: { type: "adam", learningRate: 0.03 }, batchSize: 8, epochs: 12 };
  writeFileSync(here("small.json"), JSON.stringify(network));
  const backbone = createModel({
    input: { shape: [SIDE, SIDE, 1], scale: 1 / 255 },
    layers: [flatten({ name: "pixels" }), dense({ units: 4 })],
  });
  await backbone.compile({ loss: "softmaxCrossEntropy", engine: "js" });
  writeFileSync(here("backbone.safetensors"), backbone.save());
});

it("trains on any number of labels for each picture, tests, and predicts them", async () => {
  const first = await run("train", "list.json", ...TRAINING, "--out", "a");
  expect([first.code, first.stderr]).toEqual([
    0,
    "list.json: each label is a class that a picture may have beside others: 48 of 96 have more than one, 12 have none\n",
  ]);
  expect(first.stdout).toMatch(
    /^Data {6}list\.json: 72 to train on, 24 to test on; 8 x 8 x 1, 3 labels, any number of them each$/m,
  );
  expect(first.stdout).toMatch(
    /^Test accuracy 100\.00 % \(24 of 24 images with all labels right\), loss [\d.]+, f1 100\.00 %, microF1 100\.00 %, meanAveragePrecision 100\.00 %$/m,
  );
  expect(first.stdout).toMatch(/^epoch 12\/12 .* exactMatch [\d.]+ % .*microF1 [\d.]+ %/m);
  const settings = json("a", "settings.json");
  expect(settings.loss.type).toBe("sigmoidBinaryCrossEntropy");
  expect(settings.metrics).toEqual(["exactMatch", "f1", "microF1", "meanAveragePrecision"]);
  const { classes } = json("a", "metrics.json");
  expect(classes[2]).toEqual({
    name: "top",
    precision: 1,
    recall: 1,
    f1: 1,
    support: 12,
    predicted: 12,
    averagePrecision: 1,
  });

  const others = [
    await run("train", "list.csv", "--multi-label", ...TRAINING, "--json", "--out", "b"),
    await run("train", "rows.csv", "--multi-label", ...TRAINING, "--json", "--out", "c"),
    await run("train", "list.json", "--streaming", "true", ...TRAINING, "--json", "--out", "d"),
    await run("train", "list.json", ...TRAINING, "--epochs", "5", "--json", "--out", "e"),
  ];
  const again = await run("train", "--resume", "e", "--epochs", "12", "--json");
  const hashes = [...others.slice(0, 3), again].map((other) => other.event("done").weightsSha256);
  expect(new Set(hashes).size).toBe(1);

  const evaluated = await run("eval", "b");
  expect(evaluated.code).toBe(0);
  expect(evaluated.stdout).toMatch(/^label +images +precision +recall +F1 +average precision$/m);
  const predicted = await run("predict", "a", "all/000.png", "all/005.png", "--json");
  const answers = predicted.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ labels }) => labels?.toSorted())).toEqual([[], ["low", "top"]]);
  const all = await run("predict", "a", "rows.csv", "--json");
  expect(all.event("done")).toMatchObject({ images: 96, known: 96 });
  expect(all.event("done").right).toBeGreaterThanOrEqual(95);
  const text = await run("predict", "a", "all/000.png", "all/007.png");
  expect(text.stdout).toMatch(/^all\/000\.png: none of the labels$/m);
  expect(text.stdout).toMatch(/^all\/007\.png: low, middle, top$/m);
  const table = await run("predict", "a", "all/005.png", "--csv", "--threshold", "0.5");
  expect(table.stdout).toMatch(/^image,labels,class,score,class_2,score_2,class_3,score_3\nall\/005\.png,low;top,/);
  const none = await run("predict", "a", "all/005.png", "--csv", "--threshold", "1");
  expect(none.stdout).toMatch(/^all\/005\.png,,/m);
  const inspected = await run("data", "inspect", "list.json", "--json");
  expect(inspected.event("data")).toMatchObject({ trainCounts: [36, 36, 36], testCounts: [12, 12, 12] });
});

it("holds out a share of each label, and trains a last layer on features", async () => {
  const words = ["list.json", "--backbone", "backbone.safetensors", "--engine", "simd"];
  const probe = await run("train", ...words, "--out", "probe");
  expect(probe.code).toBe(0);
  expect(probe.stdout).toMatch(/images with all labels right\), loss/);
  const tuned = await run("train", ...words, "--fine-tune", "--epochs", "2", "--validation", "0.25", "--out", "tuned");
  expect([tuned.code, tuned.stdout]).toEqual([
    0,
    expect.stringMatching(/^Head {6}loss [\d.]+ on the validation images by/m),
  ]);
  const half = await run(
    "train",
    "list.json",
    ...TRAINING,
    "--epochs",
    "1",
    "--validation",
    "0.5",
    "--json",
    "--out",
    "half",
  );
  expect(half.event("start").data).toMatchObject({ trainImages: 36, validationImages: 36, draw: "classes" });
  const photos = await run("train", "list.json", "--size", "24", "--epochs", "1", "--out", "photos");
  expect(photos.code).toBe(0);
  expect(json("photos", "settings.json").loss.type).toBe("sigmoidBinaryCrossEntropy");
});

it("says in one line what is wrong", async () => {
  const wrong = async (...words: string[]) => {
    const { code, stderr } = await run(...words);
    expect(code).toBe(2);
    return stderr.split("\n").filter((line) => !line.includes("each label is a class"))[0];
  };
  expect(await wrong("train", "rows.csv")).toBe(
    'convasm: readList "rows.csv": expected a label in line 2, got nothing',
  );
  writeFileSync(here("twice.csv"), "file,label\nall/001.png,low\nall/001.png,top\n");
  expect(await wrong("train", "twice.csv")).toBe(
    'convasm: readList "twice.csv": expected each picture once, got "all/001.png" in line 3 and in line 2; --multi-label (multiLabel) takes both labels',
  );
  writeFileSync(here("same.csv"), "file,label\nall/001.png,low\nall/001.png,low\n");
  expect(await wrong("train", "same.csv", "--multi-label")).toBe(
    'convasm: readList "same.csv": expected each label of a picture once, in one part, got "all/001.png" in line 3 and in line 2',
  );
  writeFileSync(here("parts.csv"), "file,label,split\nall/001.png,low,train\nall/001.png,top,test\n");
  expect(await wrong("train", "parts.csv", "--multi-label")).toContain(
    "expected each label of a picture once, in one part",
  );
  writeFileSync(here("gap.csv"), "file,label\nall/001.png,low;;top\n");
  expect(await wrong("train", "gap.csv")).toBe('convasm: readList "gap.csv": expected a label in line 2, got nothing');
  writeFileSync(here("stray.csv"), "file,label,split\nall/001.png,low;top,train\nall/002.png,other,test\n");
  expect(await wrong("train", "stray.csv")).toBe(
    'convasm: readImages "all/002.png": expected a label of the training ("low", "top"), got "other"',
  );
  expect(await wrong("train", "list.json", ...TRAINING, "--loss", "softmaxCrossEntropy")).toMatch(
    /softmaxCrossEntropy/,
  );
  expect(await wrong("train", "list.json", ...TRAINING, "--metrics", "top3")).toBe(
    "convasm: fit: expected a loss that knows classes for metrics as top3, got sigmoidBinaryCrossEntropy",
  );
});
