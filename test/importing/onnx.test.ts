// Networks in ONNX as PyTorch's exporters and Keras write them, with the outputs that onnxruntime computes (make-onnx.py).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { importModel } from "../../src/importing/import-model.ts";
import { useFiles } from "../../src/node/host-files.ts";

useFiles();

interface Golden {
  readonly shape: readonly [number, number, number];
  readonly outputs: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL("onnx.golden.json", import.meta.url), "utf8"));
const networks = Object.entries<Golden>(golden.networks);

/** The path of a network's file. */
export const fileOf = (name: string) => fileURLToPath(new URL(`onnx/${name}.onnx`, import.meta.url));

it.each(networks)("%s computes what onnxruntime does", async (name, { shape, outputs }) => {
  const [h, w, c] = shape;
  const x = Float32Array.from({ length: 2 * h * w * c }, (_, i) => ((i * 37) % 101) / 50 - 1);
  const { model, missing, unused } = await importModel(fileOf(name), { engine: "js", input: "raw", batchSize: 2 });
  expect([missing, unused]).toEqual([[], []]);
  expect(model.architecture.input.shape).toEqual(shape);
  const got = Object.values(await model.predictOutputs(x));
  model.dispose();
  for (const [i, expected] of outputs.entries()) {
    const range = Math.max(...expected) - Math.min(...expected);
    const worst = expected.reduce((most, value, j) => Math.max(most, Math.abs(value - Number(got[i][j]))), 0);
    expect(got[i]).toHaveLength(expected.length);
    // Half precision is rounded after each layer there.
    expect(worst / range).toBeLessThan(name.endsWith("half") ? 1e-2 : 1e-5);
  }
});
