// `convasm import`: from a file of weights to a model that the other commands use.

import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);
afterAll(remove);

copyFileSync(fileURLToPath(new URL("../importing/files/zip.pth", import.meta.url)), here("zip.pth"));
const layers = [
  { type: "conv2d", filters: 2, kernelSize: 3 },
  { type: "batchNormalization" },
  { type: "relu" },
  { type: "flatten" },
  { type: "dense", units: 3 },
];
writeFileSync(here("net.json"), JSON.stringify({ input: { shape: [4, 4, 1] }, layers }));
writeFileSync(here("names.json"), JSON.stringify(["ant", "bee", "fly"]));

const NETWORK = ["--model", "net.json"];

it("makes a model file, and says what became of every weight", async () => {
  const result = await run("import", "zip.pth", ...NETWORK, "--input", "imagenet", "--mapping", "net.json");
  expect(result.stderr).toMatch(/^convasm: "net\.json": expected mapping: a name in the file for "input", got .*\n$/);
  const words = ["--mean", "100", "--deviation", "50", "--class-names", "names.json", "--out", "m.safetensors"];
  const text = await run("import", "zip.pth", ...NETWORK, ...words);
  expect(text.stderr).toBe("");
  expect(text.stdout).toMatch(/^Network +5 layers, 55 weights, 4 x 4 x 1$/m);
  expect(text.stdout).toMatch(/^Weights +8 of 8 from zip\.pth$/m);
  expect(text.stdout).toMatch(/^Next +\S.* inspect m\.safetensors$/m);
  const inspected = (await run("inspect", "m.safetensors", "--json")).event("model");
  expect(inspected.architecture).toMatchObject({ input: { shape: [4, 4, 1], scale: [1 / 50], offset: [-2] } });
  expect(inspected.settings).toMatchObject({
    classNames: ["ant", "bee", "fly"],
    loss: { type: "softmaxCrossEntropy" },
  });
  const json = await run("import", "zip.pth", ...NETWORK, "--scale", "0.5", "--json");
  const event = json.event("imported");
  expect(event).toMatchObject({ model: "zip.safetensors", parameters: 55, missing: [], unused: [] });
  expect(event.weights).toContainEqual({ weight: "dense/bias", tensor: "classifier.1.bias" });
  expect(event.weightsSha256).toBe(inspected.weightsSha256);
});

it("makes a model file of a whole model, once the scaling is said", async () => {
  copyFileSync(fileURLToPath(new URL("../importing/onnx/chain-dynamo.onnx", import.meta.url)), here("net.onnx"));
  const refused = await run("import", "net.onnx");
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toMatch(
    /^convasm: importModel "net\.onnx": expected the scaling of pixels, which the file does not hold, got none; input says it.*\n$/,
  );
  expect((await run("import", "net.onnx", "--classes", "3")).stderr).toMatch(
    /^convasm: --classes: expected --model with it/,
  );
  const { stdout } = await run("import", "net.onnx", "--input", "imagenet");
  expect(stdout).toMatch(/^Weights +7 of 7 from net\.onnx$/m);
  const inspected = (await run("inspect", "net.safetensors", "--json")).event("model");
  expect(inspected.architecture).toMatchObject({
    input: { shape: [8, 10, 3], scale: [1 / 58.395, 1 / 57.12, 1 / 57.375] },
  });
});

it("takes a part where that is asked for, and names what is left over", async () => {
  const less = [...layers.slice(0, 4), { type: "dense", units: 7 }];
  writeFileSync(here("other.json"), JSON.stringify({ input: { shape: [4, 4, 1] }, layers: less }));
  const words = ["import", "zip.pth", "--model", "other.json", "--input", "raw", "--out", "part.safetensors"];
  const refused = await run(...words);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /^convasm: importModel "zip\.pth": expected one tensor for each weight, .* got none for dense\/kernel .*\n$/,
  );
  expect(existsSync(here("part.safetensors"))).toBe(false);
  const part = await run(...words, "--partial");
  expect(part.stdout).toContain("dense/kernel: not in the file, begins anew\n");
  expect(part.stdout).toContain("classifier.1.weight: in the file, not used\n");
});

it("makes a model file of a model of Keras, and says what it leaves out", async () => {
  copyFileSync(fileURLToPath(new URL("../importing/files/keras/chain.keras", import.meta.url)), here("chain.keras"));
  const text = await run("import", "chain.keras");
  expect(text.stderr).toBe("");
  expect(text.stdout).toMatch(
    /^Weights +\d+ of \d+ from chain\.keras\nNotes +random_flip: RandomFlip acts in training only/m,
  );
  const inspected = (await run("inspect", "chain.safetensors", "--json")).event("model");
  expect(inspected.settings).toMatchObject({ loss: { labelSmoothing: 0.1 }, optimizer: { type: "sgd" } });
  const refused = await run("import", "chain.keras", "--shape", "9,8,3", "--overwrite");
  expect(refused.stderr).toMatch(
    /^convasm: importModel "chain\.keras": expected a shape that is the file's, \[9,8,2\], got \[9,8,3\]\n$/,
  );
  expect((await run("import", "chain.keras", "--shape", "9,x")).stderr).toMatch(
    /--shape <HxWxC>.* Expected height, width and channels/,
  );
});

it.each([
  [[], /^convasm: import: expected the scaling of pixels, which a file of weights does not hold: .*, got none\n$/],
  [["--mean", "1"], /got --mean alone\n$/],
  [["--mean", "1,x", "--deviation", "1"], /^convasm: --mean: expected a number, or one for each channel, got "1,x"\n$/],
  [["--input", "imagnet"], /^convasm: --input: expected one of .*did you mean imagenet\?/],
  [["--input", "unit", "--scale", "1"], /expected one of --input, --scale, .*got several\n$/],
  [["--mean", "1,2", "--deviation", "1"], /^convasm: .*expected .*1 .*\n$/],
])("refuses the scaling %j in one line", async (words, message) => {
  const { code, stderr, stdout } = await run("import", "zip.pth", ...NETWORK, ...words, "--out", "never.safetensors");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(existsSync(here("never.safetensors"))).toBe(false);
});

it("keeps a file that is there, unless it may replace it", async () => {
  writeFileSync(here("kept.safetensors"), "mine");
  const words = ["import", "zip.pth", ...NETWORK, "--input", "unit", "--out", "kept.safetensors"];
  const refused = await run(...words);
  expect(refused.stderr).toMatch(
    /^convasm: --out "kept\.safetensors": expected no file, got one; --overwrite replaces it/,
  );
  expect(readFileSync(here("kept.safetensors"), "utf8")).toBe("mine");
  expect((await run(...words, "--overwrite")).code).toBe(0);
  const self = await run(
    "import",
    "./kept.safetensors",
    ...NETWORK,
    "--input",
    "unit",
    "--out",
    "kept.safetensors",
    "--overwrite",
  );
  expect(self.stderr).toMatch(/expected another file than the weights, got the same\n$/);
});
