import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { conv2d, createModel, dense, globalAveragePooling2d, loadModel } from "../../src/index.ts";
import { writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

const convasm = (...words: string[]) => convasmHere(words, { cwd });
const train = (...words: string[]) => convasm("train", "pets", "--engine", "simd", ...words);
const settingsOf = (run: string) => JSON.parse(readFileSync(join(cwd, run, "settings.json"), "utf8"));
const figuresOf = (run: string) => JSON.parse(readFileSync(join(cwd, run, "metrics.json"), "utf8"));
const modelOf = (file: string) =>
  loadModel(readFileSync(join(cwd, file.endsWith(".safetensors") ? file : join(file, "model.safetensors"))));
const weightsOf = async (run: string) => (await modelOf(run)).save();

beforeAll(async () => {
  writeClasses(join(cwd, "pets"), { cat: 20, dog: 20, hen: 5 }, { side: 12 });
  const model = createModel({
    input: { shape: [8, 8, 1], scale: 1 / 255 },
    layers: [conv2d({ filters: 24, kernelSize: [1, 8], name: "rows" }), globalAveragePooling2d(), dense({ units: 4 })],
  });
  // Each filter looks at one row: the mean over columns is its brightness.
  await model.compile({ loss: "softmaxCrossEntropy", engine: "js" });
  writeFileSync(join(cwd, "backbone.safetensors"), model.save());
  cpSync(fileURLToPath(new URL("../importing/onnx/chain-dynamo.onnx", import.meta.url)), join(cwd, "net.onnx"));
});

it("trains a new last layer on features, keeps these, and leaves the whole network", async () => {
  const first = await train("--backbone", "backbone.safetensors", "--at", "rows", "--out", "first");
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toMatch(/^Features {2}24 of each image: computed for 45 images in .* images\/s$/m);
  expect(first.stdout).toMatch(/^Backbone {2}backbone\.safetensors: 8 x 8 x 1, up to rows, 216 weights, frozen$/m);
  // None of the images is for validation or tests: a share of each class is held out; hens are rare.
  expect(first.stdout).toMatch(/^Data {6}pets: 36 to train on, 9 for validation; 8 x 8 x 1, 3 classes$/m);
  expect(first.stdout).toMatch(/^Validation accuracy .*, balancedAccuracy [\d.]+ %, f1 [\d.]+ %$/m);
  const { backbone, classWeight, data } = settingsOf("first");
  expect(backbone).toEqual({ file: join(cwd, "backbone.safetensors"), at: "rows" });
  expect([classWeight, data.shape, data.reader.fit, data.validation]).toEqual(["balanced", [8, 8, 1], "crop", 0.2]);

  const second = await train("--backbone", "backbone.safetensors", "--at", "rows", "--out", "second");
  expect(second.stdout).toMatch(/^Features {2}24 of each image: taken from the cache for 45$/m);
  expect(await weightsOf("second")).toEqual(await weightsOf("first"));

  const model = await loadModel(readFileSync(join(cwd, "first", "model.safetensors")));
  expect([model.classNames, model.scaling?.fit]).toEqual([["cat", "dog", "hen"], "crop"]);
  const evaluated = await convasm("eval", "first", "pets", "--json");
  expect(evaluated.code).toBe(0);
  expect((await convasm("predict", "first", "pets/cat/000.png")).code).toBe(0);
});

it("takes pictures of the size that is asked for, also of a run that goes on, where the network bears it", async () => {
  const words = ["--backbone", "backbone.safetensors", "--size", "10x12", "--schedule", "constant"];
  const straight = await train(...words, "--epochs", "3", "--out", "wide");
  expect([straight.code, straight.stderr]).toEqual([0, ""]);
  expect(straight.stdout).toMatch(/^Backbone {2}backbone\.safetensors: 10 x 12 x 1, up to /m);
  expect(settingsOf("wide").backbone.size).toEqual([10, 12]);
  expect((await train(...words, "--epochs", "1", "--out", "short")).code).toBe(0);
  expect((await convasm("train", "--resume", "short", "--epochs", "3")).code).toBe(0);
  expect(await weightsOf("short")).toEqual(await weightsOf("wide"));
  expect((await modelOf("wide")).architecture.input.shape).toEqual([10, 12, 1]);
});

it("goes on with an interrupted run, to the same weights", async () => {
  const words = ["--backbone", "backbone.safetensors", "--schedule", "constant", "--validation", "0.2"];
  expect((await train(...words, "--epochs", "4", "--out", "straight")).code).toBe(0);
  expect((await train(...words, "--epochs", "2", "--out", "half")).code).toBe(0);
  const further = await convasm("train", "--resume", "half", "--epochs", "4");
  expect([further.code, further.stderr]).toEqual([0, ""]);
  expect(further.stdout).toMatch(/^Features .*taken from the cache/m);
  expect(figuresOf("half").valLoss).toBe(figuresOf("straight").valLoss);
  const [half, straight] = [await weightsOf("half"), await weightsOf("straight")];
  expect(half.length).toBe(straight.length);
  expect(half).toEqual(straight);
});

it("trains blocks of the backbone on, too, from the last layer that features teach; goes on with such a run to the same weights", async () => {
  const words = ["--backbone", "backbone.safetensors", "--fine-tune", "--schedule", "constant"];
  const first = await train(...words, "--epochs", "4", "--out", "tuned");
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toMatch(
    /^Head {6}[\d.]+ % of the validation images right by the last layer alone, after \d+ epochs/m,
  );
  expect(first.stdout).toMatch(/^Network {3}backbone, from backbone\.safetensors: parameters 291/m);
  const { backbone, augment, restoreBestWeights, classWeight, optimizer } = settingsOf("tuned");
  expect([backbone.fineTune, restoreBestWeights, classWeight]).toEqual(["all", true, "balanced"]);
  expect([augment.horizontalFlip, optimizer.layerDecay]).toEqual([true, 0.1]);
  const [tuned, whole] = [await modelOf("tuned"), await modelOf("backbone.safetensors")];
  expect(tuned.getWeight("rows/kernel")).not.toEqual(whole.getWeight("rows/kernel"));
  expect((await train(...words, "--epochs", "2", "--out", "half-tuned")).code).toBe(0);
  const further = await convasm("train", "--resume", "half-tuned", "--epochs", "4");
  expect([further.code, further.stderr]).toEqual([0, ""]);
  expect(figuresOf("half-tuned").valLoss).toBe(figuresOf("tuned").valLoss);
  expect(await weightsOf("half-tuned")).toEqual(await weightsOf("tuned"));
  expect((await convasm("predict", "tuned", "pets/cat/000.png")).code).toBe(0);
});

it("takes a network in every format, to the same features", async () => {
  const layers = [
    { type: "conv2d", filters: 24, kernelSize: [1, 8] },
    { type: "globalAveragePooling2d" },
    { type: "dense", units: 4 },
  ];
  writeFileSync(join(cwd, "rows.json"), JSON.stringify({ input: { shape: [8, 8, 1], scale: 1 / 255 }, layers }));
  const words = ["--no-cache", "--fit", "crop", "--epochs", "3", "--out"];
  expect((await train("--backbone", "backbone.safetensors", ...words, "ours")).code).toBe(0);
  for (const [to, file, ...more] of [
    ["keras", "backbone.keras"],
    ["tfjs", "backbone.json"],
    ["onnx", "backbone.onnx"],
    ["pytorch", "backbone-pytorch.safetensors", "--model", "rows.json"],
  ]) {
    expect((await convasm("export", "backbone.safetensors", "--to", to, "--out", to)).code).toBe(0);
    const { code, stderr } = await train("--backbone", join(to, file), ...more, ...words, `from-${to}`);
    expect([code, stderr], to).toEqual([0, ""]);
    expect(figuresOf(`from-${to}`).valLoss).toBeCloseTo(figuresOf("ours").valLoss, 5);
  }
});

it("holds none of a single picture out, and one of a class of one", async () => {
  writeClasses(join(cwd, "one"), { cat: 1 }, { side: 12 });
  const words = ["--backbone", "backbone.safetensors", "--epochs", "1", "--overwrite", "--out", "few"];
  const single = await convasm("train", "one", ...words);
  expect([single.code, single.stderr.includes("there is nothing to tell apart")]).toEqual([0, true]);
  const asked = await convasm("train", "one", ...words, "--validation", "0.5");
  expect([asked.code, asked.stderr.trim().split("\n").at(-1)]).toEqual([
    2,
    "convasm: expected fewer than the 1 images to train on, got 0.5 for validation; --no-validation holds none out",
  ]);
  writeClasses(join(cwd, "rare"), { cat: 9, dog: 9, hen: 1 }, { side: 12 });
  const rare = await convasm("train", "rare", ...words);
  expect([rare.code, rare.stderr.includes('none of the class "hen"')]).toEqual([0, true]);
});

it("takes networks of other programs, whose pictures are cropped", async () => {
  const { code, stdout, stderr } = await train(
    "--backbone",
    "net.onnx",
    "--input",
    "mean=127,deviation=128",
    "--no-cache",
    "--epochs",
    "1",
    "--out",
    "onnx",
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Features .* computed for 45 images/m);
  expect(settingsOf("onnx").backbone.input).toBe("mean=127,deviation=128");
});

it("says what is wrong with it, and ends with 2", async () => {
  cpSync(fileURLToPath(new URL("../importing/files/zip.pth", import.meta.url)), join(cwd, "weights.pth"));
  for (const [words, message] of [
    [["--backbone", "weights.pth"], "--model NETWORK says the network of weights alone"],
    [["--backbone", "nothing.onnx"], 'nothing.onnx": no such file'],
    [["--backbone", "net.onnx"], "the scaling of pixels, which the file does not hold"],
    [["--backbone", "net.onnx", "--input", "imagnet"], '"imagnet"; did you mean imagenet?'],
    [["--backbone", "backbone.safetensors", "--at", "row"], "a layer at which to cut: rows"],
    [["--backbone", "backbone.safetensors", "--input", "unit"], "model files hold the scaling of their pixels"],
    [["--backbone", "backbone.safetensors", "--augment"], "expected no --augment, got both"],
    [["--at", "rows"], "--backbone FILE with it"],
    [["--fine-tune"], "--fine-tune: expected --backbone FILE with it"],
    [["--backbone", "backbone.safetensors", "--fine-tune", "0"], "Expected a whole number at least 1"],
    [["--backbone", "backbone.safetensors", "--fine-tune", "2"], "--fine-tune: expected at most 1, the blocks"],
    [
      ["--backbone", "backbone.safetensors", "--size", "4"],
      "expected images of 8 x 8, as its layers fit no others, got 4 x 4",
    ],
  ] as const) {
    const { code, stderr } = await train(...words);
    expect([code, stderr.split("\n").length], words.join(" ")).toEqual([2, 2]);
    expect(stderr).toContain(message);
  }
});
