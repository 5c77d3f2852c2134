// The unit of pixels belongs to the model: what train worked out, eval, predict and the others take over.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateDigits } from "../../src/data/digits/generate.ts";
import { encodeIdx, parseIdx } from "../../src/data/idx.ts";
import { encodePng } from "../data/png-writer.ts";
import { type NpyArray, npyFile } from "../data/read/npy-writer.ts";
import { oldFile } from "../formats/changed.ts";
import { convasm, interruptAt, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasm(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);
afterAll(remove);

const TRAIN = 300;
const TEST = 60;
const TRAINING = ["--model", "conv5", "--epochs", "2", "--batch-size", "30", "--engine", "simd", "--json"];

const train = generateDigits({ count: TRAIN, seed: 3 });
const test = generateDigits({ count: TEST, seed: 3, start: 1_000_000 });
/** Images to test on that never get as bright as those to train on. */
const dim = test.images.map((value) => Math.min(150, value));

/** Writes the digits as arrays of other numbers: `both`, and those to test on alone. */
function write(folder: string, numbers: (bytes: Uint8Array) => NpyArray): void {
  const part = (name: string, images: Uint8Array, labels: Uint8Array) => [
    npyFile(`x_${name}.npy`, [labels.length, 28, 28], numbers(images)),
    npyFile(`y_${name}.npy`, [labels.length], labels),
  ];
  const tested = part("test", dim, test.labels);
  const all = { [folder]: [...part("train", train.images, train.labels), ...tested], [`${folder}-test`]: tested };
  for (const [name, files] of Object.entries(all)) {
    mkdirSync(here(name));
    for (const file of files) writeFileSync(here(name, file.name), file.bytes);
  }
}

beforeAll(() => {
  write("bytes", (bytes) => bytes);
  write("deep", (bytes) => Uint16Array.from(bytes, (value) => 16 * value));
  write("signed", (bytes) => Float32Array.from(bytes, (value) => value / 127.5 - 1));
  write("double", (bytes) => Float32Array.from(bytes, (value) => value / 127.5));
  const picture = (depth: number, by: number) =>
    encodePng({ width: 28, height: 28, depth, colourType: 0, sample: (x, y) => by * dim[28 * y + x] });
  writeFileSync(here("byte.png"), picture(8, 1));
  writeFileSync(here("deep.png"), picture(16, 16));
  writeFileSync(here("test-idx3-ubyte"), encodeIdx([2, 28, 28], dim.subarray(0, 2 * 784)));
});

/** Makes a model file or a checkpoint one of version 0.1. */
function makeOld(path: string): void {
  writeFileSync(path, oldFile(new Uint8Array(readFileSync(path))));
}

describe("a model of numbers that are no bytes", () => {
  it.each(["deep", "signed", "double"])("tests %s alone as training did, by its own scaling", async (data) => {
    const trained = await run("train", data, ...TRAINING, "--out", `run-${data}`);
    const { testLoss, testAccuracy } = trained.event("done");
    const alone = await run("eval", `run-${data}`, `${data}-test`, "--json");
    expect(alone.event("done")).toMatchObject({ testLoss, testAccuracy });
    expect(alone.stderr).toMatch(/pixels from .* are stretched to 0 to 255, as in training\n$/);
    const bytes = await run("train", "bytes", ...TRAINING, "--out", `run-bytes-${data}`);
    expect(Math.abs(Number(testLoss) - Number(bytes.event("done").testLoss))).toBeLessThan(0.05 * Number(testLoss));
  });

  it("keeps its scaling in the file, and shows it", async () => {
    const shown = await run("inspect", "run-deep", "--json");
    expect(shown.event("model").settings).toMatchObject({ scaling: { base: 0, factor: 1 / 16 } });
    expect((await run("inspect", "run-deep")).stdout).toMatch(/^scaling +\{"base":0,"factor":0.0625\}$/m);
    expect((await run("data", "inspect", "deep")).stdout).toMatch(
      /^scale 0 to 4080, black to white, become 0 to 255 in train and eval$/m,
    );
  });

  it("predicts pictures of 8 and of 16 bits, and IDX files, as the array's image", async () => {
    const byte = await run("predict", "run-deep", "byte.png", "--json");
    const deep = await run("predict", "run-deep", "deep.png", "--json");
    const idx = await run("predict", "run-deep", "test-idx3-ubyte", "--limit", "1", "--json");
    const { probabilities } = byte.event("prediction");
    expect(deep.event("prediction").probabilities).toEqual(probabilities);
    expect(idx.event("prediction").probabilities).toEqual(probabilities);
    // One of bytes takes a picture of 16 bits as the format has it.
    const plain = await run("predict", "run-bytes-deep", "deep.png", "--show");
    expect(plain.stdout).not.toMatch(/@/);
  });

  it("is converted to IDX files of the same images", async () => {
    await run("data", "deep", "--out", "deep-idx");
    const { data } = parseIdx({ name: "x", bytes: readFileSync(here("deep-idx", "train-images-idx3-ubyte")) });
    expect(Buffer.from(data).equals(Buffer.from(train.images))).toBe(true);
    const figures = await run("eval", "run-deep", "deep-idx", "--json");
    const own = await run("eval", "run-deep", "deep", "--json");
    expect(figures.event("done").testLoss).toBe(own.event("done").testLoss);
  });

  it("remembers that values were kept", async () => {
    const trained = await run("train", "signed", "--keep-values", ...TRAINING, "--out", "run-kept");
    const { testLoss } = trained.event("done");
    const alone = await run("eval", "run-kept", "signed-test", "--json");
    expect(alone.event("done").testLoss).toBe(testLoss);
    expect(alone.stderr).toContain("pixels from -1 to 1 stay as they are, as in training");
    const asked = await run("eval", "run-kept", "signed-test", "--keep-values", "--json");
    expect(asked.event("done").testLoss).toBe(testLoss);
    // A picture's bytes are brought to -1 to 1, which a model that does not know its scaling cannot do.
    const predicted = await run("predict", "run-kept", "byte.png", "--json");
    const scores = predicted.event("prediction").probabilities;
    makeOld(here("run-kept", "model.safetensors"));
    const raw = await run("predict", "run-kept", "byte.png", "--json");
    expect(raw.event("prediction").probabilities).not.toEqual(scores);
  });
});

describe("models and runs without a scaling", () => {
  it("are tested as version 0.1 did", async () => {
    await run("train", "double", "--keep-values", ...TRAINING, "--out", "run-old");
    makeOld(here("run-old", "model.safetensors"));
    const kept = await run("eval", "run-old", "double", "--keep-values", "--json");
    const old = await run("eval", "run-old", "double", "--json");
    // Floats from 0 to 2 stayed as they were.
    expect(old.event("done").testLoss).toBe(kept.event("done").testLoss);
  });

  it("go on with the images that they began with, those with a scaling too", async () => {
    const words = ["train", "double", ...TRAINING, "--epochs", "3"];
    const interrupt = (out: string, ...more: string[]) =>
      convasm([...words, ...more, "--out", out], { cwd, onOutput: interruptAt('"event":"epoch"') });
    const whole = await run(...words, "--out", "run-whole");
    const half = await interrupt("run-half");
    if (half.code === 130) {
      const resumed = await run("train", "--resume", "run-half", "--json");
      expect(resumed.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
    }
    const wholeOld = await run(...words, "--keep-values", "--out", "run-whole-old");
    const old = await interrupt("run-half-old", "--keep-values");
    if (old.code !== 130) return;
    makeOld(here("run-half-old", "checkpoint.safetensors"));
    const resumed = await run("train", "--resume", "run-half-old", "--json");
    expect(resumed.stderr).toBe("");
    expect(resumed.event("done").weightsSha256).toBe(wholeOld.event("done").weightsSha256);
  });
});
