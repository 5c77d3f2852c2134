import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { safetensorsHeaderBytes } from "../../src/data/read/safetensors-header.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { createModel } from "../../src/training/create-model.ts";

it("hashes the values as they stand in the file, one after the other", async () => {
  const model = createModel({
    input: [3, 3, 1],
    layers: [batchNormalization(), flatten(), dense({ units: 4 })],
    seed: 2,
  });
  await model.compile({ engine: "js" });
  const file = model.save({ note: "settings don't count" });
  const begin = 8 + safetensorsHeaderBytes(file, file.length, "model");
  const expected = createHash("sha256").update(file.subarray(begin)).digest("hex");
  expect(weightsSha256(model)).toBe(expected);
  const checkpoint = readCheckpoint(decodeSafetensors(file), "model");
  expect(weightsSha256(checkpoint.weights)).toBe(expected);
  expect(checkpoint.settings.run).toEqual({ note: "settings don't count" });
  model.setWeight("dense/bias", [1, 2, 3, 4]);
  expect(weightsSha256(model)).not.toBe(expected);
});
