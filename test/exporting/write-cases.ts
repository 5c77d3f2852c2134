// Writes models and what they predict, for bench/export/check.py: every built-in network after a few steps, and every case of a layer.
// Node 22.18 and later run it:
//
//     node test/exporting/write-cases.ts onnx FOLDER [part of a name]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportModel } from "../../src/exporting/export-model.ts";
import { EXPORT_FORMATS } from "../../src/exporting/export-options.ts";
import { NETWORKS } from "../../src/recipes/index.ts";
import type { Model } from "../../src/training/model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, FLATTENED_CASES, randomImages, trainedNetwork } from "./models.ts";

const [name, folder, part = ""] = process.argv.slice(2);
const format = EXPORT_FORMATS.find((each) => each === name);
if (format === undefined || folder === undefined)
  throw new Error(`expected ${EXPORT_FORMATS.join(" or ")} and a folder`);

const IMAGES = 3;
const sources: (readonly [name: string, make: () => Promise<Model>])[] = [
  ...NETWORKS.map((recipe) => [recipe.name, () => trainedNetwork(recipe)] as const),
  ...[...LAYER_CASES, ...FLATTENED_CASES].map((each) => [each.name, () => caseModel(each)] as const),
];
mkdirSync(folder, { recursive: true });
const cases: object[] = [];
for (const [title, make] of sources) {
  if (!title.includes(part)) continue;
  const model = await make();
  const { shape } = model.architecture.input;
  const images = randomImages(IMAGES, shape);
  const outputs = await model.predictOutputs(images);
  const own = `case-${cases.length}`;
  try {
    const files = await exportModel(model, { format, name: own });
    for (const file of files) writeFileSync(join(folder, file.name), file.bytes);
    const expected = Object.entries(outputs).map(([output, values]) => ({
      name: output,
      shape: [IMAGES, ...(model.architecture.outputShapes.get(output) ?? [])],
      values: [...values],
    }));
    cases.push({
      title,
      files: files.map((file) => file.name),
      shape: [IMAGES, ...shape],
      images: [...images],
      expected,
    });
  } catch (error) {
    cases.push({ title, error: String(error) });
  }
  model.dispose();
}
writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
console.log(`${cases.length} models in ${folder}`);
