// ONNX as it is written, read again by our own reader: the same weights and predictions. bench/export/check.py has onnxruntime read it.

import { describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { findNetwork } from "../../src/recipes/index.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, FLATTENED_CASES, randomImages, trainedNetwork } from "./models.ts";

/** Cases that our reader refuses: it has no layer for what they are in ONNX. */
const NOT_READ: Readonly<Record<string, string>> = {};

/** All weights as sorted lists of numbers: names of parts of a layer may differ. */
const weightsOf = (model: Model) =>
  [...model.weights().keys()].map((name) => model.getWeight(name).toSorted().join()).sort();

async function expectSame(model: Model, again: Model): Promise<void> {
  const images = randomImages(2, model.architecture.input.shape);
  const [before, after] = [await model.predictOutputs(images), await again.predictOutputs(images)].map(Object.values);
  expect(after.length).toBe(before.length);
  for (const [i, values] of before.entries()) {
    expect(after[i].length).toBe(values.length);
    const span = Math.max(...values) - Math.min(...values) + 1e-3;
    for (const [j, value] of values.entries()) expect(Math.abs(after[i][j] - value)).toBeLessThan(1e-4 * span);
  }
}

describe("a model in ONNX", () => {
  it.each([...LAYER_CASES, ...FLATTENED_CASES].map((each) => [each.name, each] as const))(
    "comes back: %s",
    async (name, each) => {
      using model = await caseModel(each);
      const [{ bytes }] = await exportModel(model, { format: "onnx" });
      const read = importModel(bytes, { input: "raw", engine: "js", batchSize: 2 });
      if (name in NOT_READ) {
        await expect(read).rejects.toThrow(NOT_READ[name]);
        return;
      }
      using again = (await read).model;
      await expectSame(model, again);
      expect(weightsOf(again)).toEqual(weightsOf(model));
    },
  );
});
