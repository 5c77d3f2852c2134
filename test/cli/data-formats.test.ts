import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseIdx } from "../../src/data/idx.ts";
import { FILES } from "../data/read/files.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";
import { TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);
afterAll(remove);

const TRAIN = 300;
const TEST = 60;

/** A `.npy` file by its format's description. */
function npy(code: string, shape: readonly number[], data: Uint8Array): Buffer {
  const header = `{'descr': '${code}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\0\x76\0", "latin1"), Buffer.from(`${header}\n`), data]);
}

beforeAll(() => {
  writeSmallData(here("idx"), TRAIN, TEST);
  const idx = (name: string) => parseIdx({ name, bytes: readFileSync(here("idx", name)) }).data;
  const parts = [
    { part: "train", images: idx(TRAIN_IMAGES), labels: idx(TRAIN_LABELS) },
    { part: "test", images: idx(TEST_IMAGES), labels: idx(TEST_LABELS) },
  ];
  for (const folder of ["npy", "floats", "csv"]) mkdirSync(here(folder));
  for (const { part, images, labels } of parts) {
    const n = labels.length;
    writeFileSync(here("npy", `x_${part}.npy`), npy("|u1", [n, 28, 28], images));
    writeFileSync(
      here("npy", `y_${part}.npy`),
      npy("<i8", [n], new Uint8Array(BigInt64Array.from(labels, BigInt).buffer)),
    );
    const floats = Float32Array.from(images, (value) => value / 255);
    writeFileSync(here("floats", `x_${part}.npy`), npy("<f4", [n, 784], new Uint8Array(floats.buffer)));
    writeFileSync(here("floats", `y_${part}.npy`), npy("|u1", [n, 1], labels));
    const rows = Array.from(
      { length: n },
      (_, i) => `${labels[i]},${images.subarray(784 * i, 784 * (i + 1)).join(",")}\n`,
    );
    writeFileSync(here("csv", `${part}.csv.gz`), gzipSync(`label${",p".repeat(784)}\n${rows.join("")}`));
    if (part === "train") writeFileSync(here("alone.csv"), rows.join(""));
  }
});

const TRAINING = ["--model", "conv5", "--epochs", "2", "--batch-size", "30", "--engine", "simd", "--json"];

describe("train and eval", () => {
  it("find the same weights whatever format the images come in", async () => {
    const idx = await run("train", "idx", ...TRAINING, "--out", "run-idx");
    const npyFiles = await run("train", "npy", ...TRAINING, "--out", "run-npy");
    const csv = await run("train", "--data", "csv", ...TRAINING, "--out", "run-csv");
    expect([idx.stderr, npyFiles.stderr, csv.stderr]).toEqual(["", "", ""]);
    const hash = idx.event("done").weightsSha256;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(npyFiles.event("done").weightsSha256).toBe(hash);
    expect(csv.event("done").weightsSha256).toBe(hash);
    expect(csv.event("done").testImages).toBe(TEST);
  });

  it("scale floats from 0 to 1 as they do bytes", async () => {
    const bytes = await run("train", "npy", ...TRAINING, "--out", "run-bytes");
    const floats = await run("train", "floats", ...TRAINING, "--out", "run-floats");
    const [a, b] = [bytes, floats].map((result) => Number(result.event("done").testLoss));
    expect(Math.abs(a - b)).toBeLessThan(1e-4 * a);
    // A model of either takes the other's images.
    const other = await run("eval", "run-bytes", "floats", "--json");
    expect(Math.abs(Number(other.event("done").testLoss) - a)).toBeLessThan(1e-4 * a);
    const kept = await run("train", "floats", ...TRAINING, "--keep-values", "--out", "run-kept");
    expect(Math.abs(Number(kept.event("done").testLoss) - a)).toBeGreaterThan(0.1 * a);
  });

  it("split what has no images to test on, and go on with the same split", async () => {
    const words = ["train", "alone.csv", "--split", "0.2", "--split-seed", "3", "--label-column", "first", ...TRAINING];
    const whole = await run(...words, "--out", "run-split");
    expect(whole.stderr).toBe("");
    expect(whole.event("start").data).toMatchObject({ trainImages: 0.8 * TRAIN, testImages: 0.2 * TRAIN });
    const evaluated = await run("eval", "run-split", "alone.csv", "--split", "0.2", "--split-seed", "3", "--json");
    expect(evaluated.event("done").testAccuracy).toBe(whole.event("done").testAccuracy);

    // Interrupted in the second epoch, and resumed.
    const half = await convasmHere([...words, "--out", "run-half"], {
      cwd,
      onOutput: (text, interrupt) => text.includes('"event":"epoch"') && interrupt(),
    });
    expect(half.code).toBe(130);
    const resumed = await run("train", "--resume", "run-half", "--json");
    expect(resumed.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
  });

  it("print the words that read the same data again", async () => {
    const result = await run(
      "train",
      "alone.csv",
      "--split",
      "0.2",
      "--model",
      "conv5",
      "--epochs",
      "1",
      "--out",
      "run-words",
    );
    expect(result.stdout).toMatch(/^Next +\S.* eval run-words alone.csv --split 0.2$/m);
    expect(result.stderr).toBe("alone.csv: guessed that the labels are in the first column\n");
  });
});

describe("data inspect", () => {
  it("tells shape, classes, values and counts, and draws", async () => {
    const json = (await run("data", "inspect", "npy", "--json")).event("data");
    expect(json).toMatchObject({
      format: "NumPy",
      shape: [28, 28, 1],
      classes: 10,
      trainImages: TRAIN,
      testImages: TEST,
    });
    expect(json.train).toMatchObject({ images: TRAIN, type: "uint8", minimum: 0, maximum: 255 });
    const images = parseIdx({ name: "images", bytes: readFileSync(here("idx", TRAIN_IMAGES)) }).data;
    const mean = images.reduce((sum, value) => sum + value, 0) / images.length;
    const variance = images.reduce((sum, value) => sum + (value - mean) ** 2, 0) / images.length;
    const { train } = JSON.parse(JSON.stringify(json));
    expect(train.mean[0]).toBeCloseTo(mean, 9);
    expect(train.deviation[0]).toBeCloseTo(Math.sqrt(variance), 9);

    const floats = await run("data", "inspect", "floats", "--samples", "1");
    expect(floats.stdout).toContain("train float32 0 to 1, mean");
    expect(floats.stdout).toMatch(/^all +300 +60$/m);
    // 28 rows, two characters a pixel, under the class.
    expect(floats.stdout).toMatch(/^0\n([ .:=+*#%@-]{0,56}\n){28}\nNext /m);
    const half = await convasmHere(["data", "inspect", "npy", "--samples", "1"], { cwd, env: { LANG: "C.UTF-8" } });
    expect(half.stdout).toMatch(/^0\n([ ▀▄█]*\n){14}\nNext /m);
  });

  it("finds files by paths of any form", async () => {
    mkdirSync(here(".hidden"));
    writeFileSync(here(".hidden", "rows.csv"), readFileSync(here("alone.csv")));
    for (const path of ["csv/../.hidden/rows.csv", here(".hidden"), "./csv"]) {
      const json = await run("data", "inspect", path, "--json");
      expect(json.event("data")).toMatchObject({ format: "CSV", trainImages: TRAIN });
    }
    const outside = await convasmHere(["data", "inspect", "../csv", "--json"], { cwd: here("npy") });
    expect(outside.event("data")).toMatchObject({ trainImages: TRAIN, testImages: TEST });
  });

  it("converts to IDX, floats too", async () => {
    expect((await run("data", "floats", "--out", "converted")).stderr).toBe(
      "floats: pixels from 0 to 1 are brought to 0 to 255\n",
    );
    for (const name of [TRAIN_IMAGES, TEST_IMAGES, TRAIN_LABELS]) {
      expect(readFileSync(here("converted", name)).equals(readFileSync(here("idx", name))), name).toBe(true);
    }
  });
});

describe("pictures of many sizes", () => {
  it("are shown with their sizes and kinds, and brought to one size", async () => {
    const result = await run("data", "inspect", join(FILES, "mixed"), "--json");
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/mixed: the pictures \(16 x 16 to 16 x 20, .*\) are stretched to 16 x 16; --size/);
    const { pictures } = result.event("data");
    expect(pictures).toMatchObject({ smallest: [16, 16], largest: [16, 20], formats: { PNG: 3, JPEG: 1 } });
    const shown = await run("data", "inspect", join(FILES, "mixed"));
    expect(shown.stdout).toMatch(/^3 PNG, 1 JPEG; 2 sizes from 16 x 16 to 16 x 20, in the middle 16 x 16$/m);
    expect(shown.stdout).toMatch(/^all +4 +0$/m);
  });
});

/** The one line of an error, after checking that the run said nothing else. */
async function refusal(...words: string[]): Promise<string> {
  const result = await run(...words);
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/^convasm: [^\n]+\n$/);
  return result.stderr;
}

describe("data that is wrong", () => {
  it.each<[words: string[], part: string]>([
    [["train", join(FILES, "pickled.npz")], "pickled Python objects, which are never run"],
    [["train", join(FILES, "text.h5")], "expected numbers, got text"],
    [["train", join(FILES, "unclear.h5")], "--names (names) says which are which"],
    [["train", join(FILES, "huge.h5")], "so small a file, got more; --max-expansion"],
    [["train", join(FILES, "pictures"), "--validation", "val"], "a part for validation in the data"],
    [["train", join(FILES, "data_batch_1")], "a Python pickle, which is never run"],
    [["train", join(FILES, "labels.npy")], "expected arrays such as x_train and y_train"],
    [["train", join(FILES, "stored.npz"), "--split", "0.1"], "without images to test on, got 2"],
    [["eval", "none", join(FILES, "stored.npz")], "none"],
    [["train", "--split", "0.1"], "expected --split only with a file or folder of data"],
    [["train", "digits", "--size", "28"], "expected --size only with a file or folder of data"],
    [["train", "alone.csv", "--split", "1"], "above 0 and below 1"],
    [["train", "alone.csv", "--size", "0"], "height and width"],
    [["train", "alone.csv", "--names", "x_trian=a"], "did you mean x_train?"],
    [["train", "alone.csv", "--label-column", "nowhere"], "expected a column's name or a number from 1 to 785"],
    [["train", FILES], "expected files of one known format"],
  ])("%j is refused in one line", async (words, part) => {
    expect(await refusal(...words)).toContain(part);
  });
});
