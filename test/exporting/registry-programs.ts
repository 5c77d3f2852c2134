// ONNX Runtime Web and TensorFlow.js, which read exported models: in the versions of bench/peers, from the npm registry when a test runs.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import { isInputError } from "../../src/errors.ts";
import type { ExportedFile } from "../../src/exporting/export-contract.ts";
import { exportModel } from "../../src/exporting/export-model.ts";
import type { Model } from "../../src/training/model.ts";
import { expectClose, randomImages } from "./models.ts";

/** Outputs of a model that a program reads from its files, for images of bytes, channels last. */
type Predict = (
  files: readonly ExportedFile[],
  images: Uint8Array,
  shape: readonly number[],
) => Promise<Float32Array[]>;

/** Formats that programs of the registry read. */
export type RegistryFormat = "onnx" | "tfjs";

/** Formats and their programs. */
export const PROGRAMS: readonly (readonly [program: string, format: RegistryFormat])[] = [
  ["ONNX Runtime Web", "onnx"],
  ["TensorFlow.js", "tfjs"],
];

function installed(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "convasm-programs-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  try {
    for (const name of ["package.json", "package-lock.json"]) {
      copyFileSync(fileURLToPath(new URL(`../../bench/peers/${name}`, import.meta.url)), join(folder, name));
    }
    const words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
    execFileSync("npm", words, { cwd: folder, stdio: "ignore" });
    return folder;
  } catch {
    console.log("skipped: ONNX Runtime Web and TensorFlow.js, as the npm registry cannot be reached");
    return undefined;
  }
}

/** Values of [n, rows, columns] as [n, columns, rows]. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const size = rows * columns;
  return values.map((_, i) => {
    const [row, column] = [i % rows, Math.floor((i % size) / rows)];
    return values[i - (i % size) + row * columns + column];
  });
}

async function tensorflowjs(folder: string): Promise<Predict> {
  const tf = createRequire(join(folder, "package.json"))("@tensorflow/tfjs");
  await tf.setBackend("cpu");
  return async ([json, ...shards], images, shape) => {
    const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json.bytes));
    const weightData = await new Blob(shards.map(({ bytes }) => bytes)).arrayBuffer();
    const source = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData };
    const model = await tf.loadLayersModel(tf.io.fromMemory(source));
    const outputs = [model.predict(tf.tensor([...images], shape))].flat();
    const values = outputs.map((output) => output.dataSync());
    tf.disposeVariables();
    return values;
  };
}

async function onnxRuntime(folder: string): Promise<Predict> {
  const path = createRequire(join(folder, "package.json")).resolve("onnxruntime-web/wasm");
  const ort = await import(pathToFileURL(path).href);
  ort.env.wasm.numThreads = 1;
  return async ([{ bytes }], images, [n, height, width, channels]) => {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    const pixels = transposed(Float32Array.from(images), height * width, channels);
    const given = new ort.Tensor("float32", pixels, [n, channels, height, width]);
    const outputs = await session.run({ [session.inputNames[0]]: given });
    const names: readonly string[] = session.outputNames;
    const values = names.map((name) => {
      const { data, dims } = outputs[name];
      return dims.length === 4 ? transposed(data, dims[1], dims[2] * dims[3]) : data;
    });
    await session.release();
    return values;
  };
}

const folder = installed();

/** The programs by the format that they read; empty where the registry cannot be reached. */
const programs: ReadonlyMap<RegistryFormat, Predict> =
  folder === undefined
    ? new Map()
    : new Map([
        ["onnx", await onnxRuntime(folder)],
        ["tfjs", await tensorflowjs(folder)],
      ]);

/** True if the programs are there. */
export const hasPrograms = programs.size > 0;

/** Fails where the program that reads a format predicts something else; true if the format refuses the model. */
export async function isRefused(model: Model, format: RegistryFormat, count: number): Promise<boolean> {
  const predict = programs.get(format);
  if (predict === undefined) throw new Error("expected the programs of the registry");
  const files = await exportModel(model, { format }).catch((error: unknown) => {
    if (isInputError(error)) return undefined;
    throw error;
  });
  if (files === undefined) return true;
  const { shape } = model.architecture.input;
  const images = randomImages(count, shape);
  const wanted = Object.values(await model.predictOutputs(images));
  expectClose(await predict(files, images, [count, ...shape]), wanted);
  return false;
}
