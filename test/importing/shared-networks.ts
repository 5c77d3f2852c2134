/**
 * Pretrained networks held to the numbers of the programs that trained them, which tests do for some engines and images.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { EngineName } from "../../src/engine/engine-names.ts";
import { type ImportOptions, importModel } from "../../src/importing/import-model.ts";
import { argmax } from "../../src/numeric/argmax.ts";
import { cifarPictures, photographs, sharedFile } from "./photographs.ts";

const json = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));

/** PyTorch's numbers (make-imported.py). */
export const PYTORCH = json("imported.golden.json");

/** Keras' numbers (make-cifar10.py). */
const KERAS = json("cifar10.golden.json");

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Largest difference of two lists of numbers. */
export function difference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return theirs.reduce((worst, value, i) => Math.max(worst, Math.abs(value - ours[i])), 0);
}

/** The class of the largest of so many numbers for each image. */
function classesOf(outputs: Float32Array, classes: number): number[] {
  return Array.from({ length: outputs.length / classes }, (_, i) =>
    argmax(outputs.subarray(classes * i, classes * (i + 1))),
  );
}

const zips = { photographs: sharedFile("data", "ants-bees.zip"), pictures: sharedFile("data", "cifar10-jpeg.zip") };
const cifar10 = sharedFile("models", "cifar10-cnn.h5");

/** True where the files for `expectEfficientNet` are; its model's own aside. */
export const hasPhotographs = zips.photographs !== undefined;

/** Holds EfficientNet-Lite0 of a file to PyTorch's logits for the first `images` of eight photographs. */
export async function expectEfficientNet(file: string, options: ImportOptions, engine: EngineName, images = 8) {
  const { pixels: digest, every, range, best, logits } = PYTORCH.efficientnetLite0;
  const pixels = await photographs(zips.photographs ?? "", 224);
  expect(sha256(pixels)).toBe(digest);
  const { model, pairs, unused } = await importModel(file, { engine, threads: 1, batchSize: images, ...options });
  expect([pairs.length, unused]).toEqual([model.weights().size, []]);
  const outputs = await model.predict(pixels.subarray(0, images * 224 * 224 * 3));
  model.dispose();
  const theirs = logits.slice(0, Math.ceil((images * 1000) / every));
  const ours = Array.from(theirs, (_, i) => outputs[i * every]);
  expect(difference(ours, theirs) / range, engine).toBeLessThan(1e-5);
  expect(classesOf(outputs, 1000), engine).toEqual(best.slice(0, images));
}

/** True where the files for `expectCifar10` are. */
export const hasCifar10 = cifar10 !== undefined && zips.pictures !== undefined;

/** Every how many pictures Keras' logits are kept. */
const KEPT = 125;

/** Holds cifar10-cnn.h5 to what Keras predicts, for every `step`-th of 1,000 pictures; `step` divides 125. */
export async function expectCifar10(engine: EngineName, step = 1): Promise<void> {
  const { pixels: digest, classes, accuracy, closest, range, logits } = KERAS;
  const { pixels, labels } = await cifarPictures(zips.pictures ?? "");
  expect(sha256(pixels)).toBe(digest);
  const count = 1000 / step;
  const chosen = new Uint8Array(count * 3072);
  for (let i = 0; i < count; i++) chosen.set(pixels.subarray(i * step * 3072, (i * step + 1) * 3072), i * 3072);
  const { model, pairs, missing, unused, notes } = await importModel(cifar10 ?? "", { input: "raw", engine });
  expect([pairs.length, missing, unused, notes]).toEqual([42, [], [], []]);
  // The file's loss works on logits: predictions are probabilities, and the logits those of another loss.
  expect(model.network.loss?.config).toEqual({ type: "softmaxCrossEntropy" });
  const probabilities = await model.predict(chosen.subarray(0, 3072));
  expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  await model.compile({ engine, loss: "meanSquaredError" });
  const ours = await model.predict(chosen);
  model.dispose();
  const best = classesOf(ours, 10);
  expect(best.join(""), engine).toBe([...classes].filter((_, i) => i % step === 0).join(""));
  if (step === 1) expect(best.filter((value, i) => value === labels[i]).length / 1000).toBe(accuracy);
  const kept = Array.from(logits, (_, i) => ours[Math.floor(i / 10) * 10 * (KEPT / step) + (i % 10)]);
  expect(difference(kept, logits), engine).toBeLessThan(Math.min(1e-5 * range, closest / 10));
}
