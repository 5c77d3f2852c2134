// Predictions of exported models in TensorFlow.js, which comes from the npm registry when the test runs.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isInputError } from "../../src/errors.ts";
import { exportModel } from "../../src/exporting/export-model.ts";
import { NETWORKS } from "../../src/recipes/index.ts";
import type { Model } from "../../src/training/model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, randomImages, trainedNetwork } from "./models.ts";

const folder = mkdtempSync(join(tmpdir(), "convasm-tensorflowjs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** TensorFlow.js, on plain JavaScript; undefined where it cannot be fetched. */
async function tensorflow() {
  try {
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    const words = ["install", "--no-audit", "--no-fund", "--fetch-retries=0", "@tensorflow/tfjs@4.22.0"];
    execFileSync("npm", words, { cwd: folder, stdio: "ignore" });
  } catch {
    console.log("skipped: TensorFlow.js, as the npm registry cannot be reached");
    return undefined;
  }
  const tf = createRequire(join(folder, "package.json"))("@tensorflow/tfjs");
  await tf.setBackend("cpu");
  return tf;
}

const tf = await tensorflow();

/** Fails where TensorFlow.js predicts something else; true if the format refuses the model. */
async function isRefused(model: Model, count: number): Promise<boolean> {
  const { shape } = model.architecture.input;
  const images = randomImages(count, shape);
  const wanted = Object.values(await model.predictOutputs(images));
  const files = await exportModel(model, { format: "tfjs" }).catch((error: unknown) => {
    if (isInputError(error)) return undefined;
    throw error;
  });
  if (files === undefined) return true;
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(files[0].bytes));
  const weightData = Uint8Array.from(files.slice(1).flatMap(({ bytes }) => [...bytes])).buffer;
  const source = { modelTopology, weightSpecs: weightsManifest[0].weights, weightData };
  const theirs = await tf.loadLayersModel(tf.io.fromMemory(source));
  const outputs = [theirs.predict(tf.tensor([...images], [count, ...shape]))].flat();
  expect(outputs.length).toBe(wanted.length);
  for (const [i, values] of wanted.entries()) {
    const got: Float32Array = outputs[i].dataSync();
    const span = Math.max(Math.max(...values) - Math.min(...values), 1e-3);
    const worst = values.reduce((most, value, j) => Math.max(most, Math.abs(value - got[j])), 0);
    expect(got.length).toBe(values.length);
    expect(worst / span).toBeLessThan(1e-4);
  }
  return false;
}

describe.skipIf(tf === undefined)("TensorFlow.js predicts what we do", () => {
  it.each(NETWORKS.map((recipe) => [recipe.name, recipe] as const))("with the network %s", async (_, recipe) => {
    using model = await trainedNetwork(recipe);
    expect(await isRefused(model, 1)).toBe(false);
  });

  it("with layers of all types, unless they are refused", async () => {
    let refused = 0;
    for (const layerCase of LAYER_CASES) {
      using model = await caseModel(layerCase);
      refused += Number(await isRefused(model, 2));
    }
    expect(refused).toBeLessThan(LAYER_CASES.length / 8);
  });
});
