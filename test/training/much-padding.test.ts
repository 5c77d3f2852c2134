import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import type { EngineName } from "../../src/engine/engine-names.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import type { Padding } from "../../src/layers/geometry.ts";
import { globalAveragePooling2d } from "../../src/layers/global-average-pooling2d.ts";
import { createModel } from "../../src/training/create-model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { HOST_ENGINES } from "../engines.ts";
import { normal } from "../layers/placed.ts";
import { weightBytes } from "../model/networks.ts";

const IMAGES = 6;
const SHAPE = [7, 7, 16] as const;

const data = createDataset({
  name: "noise",
  shape: SHAPE,
  images: Float32Array.from(normal("much padding", IMAGES * 7 * 7 * 16)),
  labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % 3),
});

/** Weights after two steps of a network whose second convolution goes by Winograd's filtering, forward and backward. */
async function trained(padding: Padding, engine: EngineName, threads: number): Promise<Uint8Array> {
  const model = createModel({
    input: { shape: SHAPE },
    layers: [
      conv2d({ filters: 16, kernelSize: 1 }),
      conv2d({ filters: 16, kernelSize: 3, padding }),
      globalAveragePooling2d(),
    ],
    seed: 1,
  });
  const optimizer = sgd({ learningRate: 0.1 });
  await model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: 3, engine, threads });
  await model.fit(data);
  const weights = weightBytes(model);
  model.dispose();
  return weights;
}

const floats = (bytes: Uint8Array) => new Float32Array(bytes.slice().buffer);

describe("training where tiles lie outside of the image", () => {
  const SIDES: Record<string, Padding> = {
    "4 around": 4,
    "9 on top and right": [
      [9, 0],
      [0, 9],
    ],
  };

  it.each(Object.keys(SIDES))("padding %s: every engine moves the weights as plain JavaScript does", async (name) => {
    const wanted = floats(await trained(SIDES[name], "js", 1));
    for (const engine of HOST_ENGINES.filter((other) => other !== "js")) {
      const [one, two] = [await trained(SIDES[name], engine, 1), await trained(SIDES[name], engine, 2)];
      expect(two).toEqual(one);
      const worst = Math.max(...floats(one).map((value, i) => Math.abs(value - wanted[i])));
      expect(worst, engine).toBeLessThan(1e-6);
    }
  });
});
