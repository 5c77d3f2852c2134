// Model files and checkpoints of every version, as make-model-files.js made them with the package of that version.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { ENGINES, hasEngine } from "../../src/engine/engine-names.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { ema } from "../../src/training/averaging.ts";
import { EarlyStopping } from "../../src/training/callbacks/early-stopping.ts";
import { ReduceOnPlateau } from "../../src/training/callbacks/reduce-on-plateau.ts";
import { loadModel, resumeTrainer, runSettings } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { cosine } from "../../src/training/schedules.ts";
import { runOptions, SHAPE } from "./run-options.js";

useFiles();

const CLASSES = ["top", "middle", "low"];

/** The state of the package whose batch normalisation rounded running means elsewhere: its runs end one bit beside ours. */
const ROUNDED_OTHERWISE = "0.1.0-first";

const folders = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const contents = (folder: string, file: string) => readFileSync(new URL(`${folder}/${file}`, import.meta.url));

/** Results of the version that made a folder. */
function expected(folder: string) {
  const json = JSON.parse(contents(folder, "expected.json").toString());
  const data = ({ images, labels }: { images: string; labels: readonly number[] }) =>
    createDataset({
      name: "bands",
      shape: SHAPE,
      images: new Uint8Array(Buffer.from(images, "base64")),
      labels: Uint8Array.from(labels),
      classes: CLASSES.length,
      classNames: CLASSES,
    });
  const predictions: readonly number[] = json.predictions;
  const weights: string = json.weights;
  const hasAveraging: boolean = json.hasAveraging;
  return { train: data(json.train), validation: data(json.validation), predictions, weights, hasAveraging };
}

function weightsSha256(model: Model): string {
  const hash = createHash("sha256");
  for (const name of [...model.weights().keys()].sort()) hash.update(name).update(model.getWeight(name));
  return hash.digest("hex");
}

it("has files of the present version", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(folders, "npm run build && node test/model-files/make-model-files.js makes them").toContain(version);
});

describe.each(folders)("files of %s", (folder) => {
  const { train, validation, predictions, weights, hasAveraging } = expected(folder);

  it("holds a model that predicts the same numbers on every engine", async () => {
    for (const engine of ENGINES.filter(hasEngine)) {
      const model = await loadModel(contents(folder, "model.safetensors"), { engine, threads: 1 });
      expect(model.classNames).toEqual(CLASSES);
      expect(weightsSha256(model)).toBe(weights);
      const ours = await model.predict(validation.images);
      model.dispose();
      expect(ours.length).toBe(predictions.length);
      const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - predictions[i])), 0);
      expect(worst, engine).toBeLessThan(1e-5);
    }
  });

  it("holds a checkpoint that is resumed to the weights of a run that never stopped", async () => {
    const bytes = contents(folder, "checkpoint.safetensors");
    const checkpoint = readCheckpoint(decodeSafetensors(bytes), folder);
    expect(runSettings(checkpoint)).toEqual({ note: "kept as it is" });
    const end = await loadModel(contents(folder, "model.safetensors"), { engine: "js" });
    for (const engine of ["js", "simd"] as const) {
      const model = await loadModel(checkpoint, { engine, threads: 1, training: true });
      const options = runOptions({ cosine, ema, EarlyStopping, ReduceOnPlateau }, validation, hasAveraging);
      const trainer = model.trainer(train, options);
      resumeTrainer(trainer, checkpoint);
      expect(trainer.progress.step).toBe(5);
      for await (const _ of trainer.run());
      expect(trainer.progress.step).toBe(12);
      for (const name of end.weights().keys()) {
        const [ours, theirs] = [model.getWeight(name), end.getWeight(name)];
        const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
        expect(worst, `${name} on ${engine}`).toBeLessThan(1e-6);
      }
      if (engine === "js" && folder !== ROUNDED_OTHERWISE) expect(weightsSha256(model)).toBe(weights);
      model.dispose();
    }
    end.dispose();
  });
});
