// Layers of all types as ONNX Runtime Web and TensorFlow.js read them.

import { describe, expect, it } from "vitest";
import { LAYER_CASES } from "../layers/cases.ts";
import { caseModel, FLATTENED_CASES } from "./models.ts";
import { hasPrograms, isRefused, PROGRAMS } from "./registry-programs.ts";

/** Of so many cases, at most one is refused; ONNX has them all. */
const REFUSED_AT_MOST = { onnx: Number.POSITIVE_INFINITY, tfjs: 8 };

describe.skipIf(!hasPrograms).each(PROGRAMS)("%s predicts what we do", (_, format) => {
  it("with layers of all types, unless they are refused", async () => {
    const cases = [...LAYER_CASES, ...FLATTENED_CASES];
    const refused: string[] = [];
    for (const layerCase of cases) {
      using model = await caseModel(layerCase);
      if (await isRefused(model, format, 2)) refused.push(layerCase.name);
    }
    console.log(`${format}: ${cases.length - refused.length} of ${cases.length} models agree, the others are refused`);
    expect(refused.length, refused.join()).toBeLessThanOrEqual(cases.length / REFUSED_AT_MOST[format]);
  });
});
