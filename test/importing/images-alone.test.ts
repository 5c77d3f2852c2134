// Networks of which nothing is left but their images: scaled ones, or what training alone changes.

import { describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import { importModel } from "../../src/importing/import-model.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { rescaling } from "../../src/layers/rescaling.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { createModel } from "../../src/training/create-model.ts";

useFiles();

describe.each(["onnx", "keras", "tfjs"] as const)("as %s", (format) => {
  it.each([
    ["a rescaling", () => rescaling({ scale: 0.5, offset: 3 }), [3, 28, 53, 130.5]],
    ["a dropout", () => dropout({ rate: 0.5 }), [0, 50, 100, 255]],
  ] as const)("%s alone comes back", async (_, make, wanted) => {
    using model = createModel({ input: [2, 2, 1], layers: [make()] });
    await model.compile({ engine: "js", loss: "meanSquaredError" });
    const files = await exportModel(model, { format });
    const imported = await importModel(files, { engine: "js", loss: "meanSquaredError", input: "raw" });
    using again = imported.model;
    expect([...(await again.predict(Uint8Array.of(0, 50, 100, 255)))]).toEqual(wanted);
  });
});
