// The examples of the help texts, and a folder in which each of them works: small data, pictures, a model and its run.

import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import { examplesOf } from "../../src/cli/help.ts";
import { createProgram } from "../../src/cli/main.ts";
import { parseIdx } from "../../src/data/idx.ts";
import { RECIPES } from "../../src/recipes/index.ts";
import { recipeToJson } from "../../src/recipes/recipe-file.ts";
import { encodePng } from "../data/png-writer.ts";
import { FILES } from "../data/read/files.ts";
import { writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { CONVASM, cleanEnvironment, convasm, interruptAt, type Result } from "./process.ts";
import { TEST_IMAGES, TRAIN_IMAGES, TRAIN_LABELS, writeSmallData } from "./small-data.ts";

/** The network that `weights.pth` is of. */
const SMALL_LAYERS = [
  { type: "conv2d", filters: 2, kernelSize: 3 },
  { type: "batchNormalization" },
  { type: "relu" },
  { type: "flatten" },
  { type: "dense", units: 3 },
];

/** The run that the examples name. */
const RUN = join("runs", "2026-01-31-120000-speed99");

function examplesBelow(command: Command): readonly string[] {
  return [...examplesOf(command).map(([line]) => line), ...command.commands.flatMap(examplesBelow)];
}

const ALL = [...new Set(examplesBelow(createProgram(new AbortController().signal)))];

/** Examples that want a server of a queue. */
export const SERVED = ALL.filter((example) => /^convasm worker\b|redis/.test(example));

/** All other examples of all commands, each once. */
export const EXAMPLES = ALL.filter((example) => !SERVED.includes(example));

/** Makes the files that the examples name, but for the run. */
export function writeExampleFiles(cwd: string): void {
  const here = (...names: string[]) => join(cwd, ...names);
  // More than an example holds out for validation, and fewer than MNIST has.
  writeSmallData(here("data", "mnist"), 5400, 200);
  writeSmallData(here("fashion"), 300, 100);
  const idx = (name: string) => parseIdx({ name, bytes: readFileSync(here("fashion", name)) }).data;
  const [images, labels] = [idx(TRAIN_IMAGES), idx(TRAIN_LABELS)];
  writeFileSync(here("t10k-images-idx3-ubyte.gz"), gzipSync(readFileSync(here("fashion", TEST_IMAGES))));
  const rows = Array.from(labels, (label, i) => `${label},${images.subarray(784 * i, 784 * (i + 1)).join(",")}\n`);
  writeFileSync(here("train.csv"), rows.join(""));
  cpSync(join(FILES, "stored.npz"), here("mnist.npz"));
  writeClasses(here("pets"), { cat: 12, dog: 12 });
  writeClasses(here("photos"), { cat: 2, dog: 2 });
  writeFileSync(
    here("photos", "list.csv"),
    "file,label,split\ncat/000.png,cat,train\ndog/000.png,dog,train\ndog/001.png,dog,test\n",
  );
  const sample = (x: number, y: number) => images[28 * y + x];
  const picture = encodePng({ width: 28, height: 28, depth: 8, colourType: 0, sample });
  for (const name of ["seven.png", "photo-of-a-four.jpg"]) writeFileSync(here(name), picture);
  const layers = [{ type: "conv2d", filters: 4, kernelSize: 3, strides: 2 }, { type: "flatten" }];
  writeFileSync(here("network.json"), JSON.stringify({ layers: [...layers, { type: "dense", units: 10 }] }));
  cpSync(fileURLToPath(new URL("../importing/files/zip.pth", import.meta.url)), here("weights.pth"));
  cpSync(fileURLToPath(new URL("../importing/files/keras/chain.keras", import.meta.url)), here("trained.keras"));
  cpSync(fileURLToPath(new URL("../importing/onnx/chain-dynamo.onnx", import.meta.url)), here("network.onnx"));
  writeFileSync(here("small.json"), JSON.stringify({ input: { shape: [4, 4, 1] }, layers: SMALL_LAYERS }));
  const [conv10] = RECIPES.filter(({ name }) => name === "conv10");
  writeFileSync(here("mine.json"), JSON.stringify(recipeToJson(conv10)));
  const train = { model: "strided", limit: 20, epochs: 3 };
  writeFileSync(here("space.json"), JSON.stringify({ space: { lr: { choice: [0.01, 0.02] } }, train }));
  writeProgram(cwd);
}

/** Makes the program `convasm` in the folder `bin`. */
export function writeProgram(cwd: string): void {
  mkdirSync(join(cwd, "bin"));
  writeFileSync(join(cwd, "bin", "convasm"), `#!/bin/sh\nexec "${process.execPath}" "${CONVASM}" "$@"\n`);
  chmodSync(join(cwd, "bin", "convasm"), 0o755);
}

/** Makes the run that the examples name, interrupted after its first epoch, and the model file. */
export async function trainExampleRun(cwd: string): Promise<void> {
  const words = ["train", "fashion", "--epochs", "4", "--batch-size", "10", "--engine", "simd", "--out", RUN, "--json"];
  await convasm(words, { cwd, onOutput: interruptAt('"event":"epoch"') });
  const short = ["train", "data/mnist", "--limit", "300", "--out", join("runs", "other"), "--engine", "simd", "--json"];
  const { stderr } = await convasm(short, { cwd });
  if (stderr !== "") throw new Error(stderr);
  cpSync(join(cwd, "runs", "other", "model.safetensors"), join(cwd, "model.safetensors"));
  cpSync(join(cwd, "runs", "other"), join(cwd, "experiments", "other"), { recursive: true });
}

/** True for an example that takes more than a moment. */
export function isSlow(example: string): boolean {
  return /^convasm (train|search|bench|doctor|recipes report|data digits)\b/.test(example);
}

/**
 * Runs an example as a shell does. Measurements are cut short by a hidden option, those of everything are of one engine, and
 * reports take one seed; files that an example writes its output to are printed.
 */
export function runExample(example: string, cwd: string): Promise<Result> {
  const env = { CONVASM_DATA: join(cwd, "data") };
  const line = example
    .replace(/^convasm (bench|doctor)\b/, "$& --quick")
    .replace(/ --all\b/, "$& --engine simd")
    .replace(/--seeds \d+/, "--seeds 1")
    .replace(/ > (\S+)$/, " > $1 && cat $1");
  // What a shell would only cut into words needs neither shell nor process, unless it starts workers of the built program.
  if (/^convasm [\w ./:=,@+-]+$/.test(line) && !/\b(wide|bench|doctor|search)\b/.test(line)) {
    return convasmHere(line.split(/ +/).slice(1), { cwd, env });
  }
  const path = `${join(cwd, "bin")}:${cleanEnvironment(cwd).PATH}`;
  return convasm([], { cwd, env: { ...env, PATH: path }, command: ["sh", "-c", line] });
}
