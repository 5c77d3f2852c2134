import { describe, expect, it } from "vitest";
import { readAugment } from "../../src/data/augment.ts";
import { sliceDataset } from "../../src/data/dataset.ts";
import { writeTransform } from "../../src/data/transform.ts";
import { TRANSFORM_FLOATS } from "../../src/engine/kernel-sizes.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import type { CompileOptions } from "../../src/training/compile-options.ts";
import type { Model } from "../../src/training/model.ts";
import { adam } from "../../src/training/optimizers.ts";
import {
  barImages,
  CLASSES,
  compiled,
  EXACT,
  SHAPE,
  stage,
  trainedNames,
  weightBytes,
  withTargets,
} from "./networks.ts";

const data = barImages(12);
const STEP = 3;

/** Everything but batch normalisation, whose statistics are those of the part. */
const layers = () => [
  conv2d({ filters: 5, kernelSize: 3, padding: 1, activation: "relu" }),
  maxPooling2d({ poolSize: 2 }),
  dropout({ rate: 0.25 }),
  depthwiseConv2d({ kernelSize: 2, untiedBias: true, activation: "tanh" }),
  flatten(),
  dense({ units: 9, activation: "relu" }),
  dropout({ rate: 0.5 }),
  dense({ units: CLASSES }),
];

const exact = (options: CompileOptions = {}) => compiled({ layers: layers(), batchSize: 12, ...EXACT, ...options });

function gradients(model: Model): number[] {
  return trainedNames(model).flatMap((name) => Array.from(model.network.gradient(name)));
}

/** Moves, turns and cuts for images of a batch from `begin` on. */
function writeTransforms(model: Model, n: number, begin: number): void {
  const augment = readAugment({ shift: 1, rotate: 10, cutout: 2 });
  const stream = RandomStream.from(1, "augment");
  for (let i = 0; i < n; i++) {
    writeTransform(model.network.transforms, i * TRANSFORM_FLOATS, augment, SHAPE, stream, begin + i);
  }
}

describe("the parts of a batch", () => {
  it.each([
    ["softmaxCrossEntropy", data],
    ["sigmoidBinaryCrossEntropy", withTargets(data, CLASSES)],
    ["meanSquaredError", withTargets(data, CLASSES)],
  ] as const)(
    "have shares in the gradient that add up to it, with dropout and augmentation, %s",
    async (loss, images) => {
      const model = await exact({ loss });
      const { network } = model;
      stage(model, images);
      writeTransforms(model, 12, 0);
      network.trainStep(12, STEP, 0, true);
      const whole = gradients(model);
      const losses = Array.from(network.results(12).losses);

      const sum = new Float64Array(whole.length);
      const partLosses: number[] = [];
      for (const [begin, end] of [
        [0, 5],
        [5, 6],
        [6, 12],
      ]) {
        const part = sliceDataset(images, begin, end);
        stage(model, part);
        writeTransforms(model, part.length, begin);
        network.partialGradients(part.length, STEP, true, begin, 12);
        for (const [i, value] of gradients(model).entries()) sum[i] += value;
        partLosses.push(...network.results(part.length).losses);
      }
      const largest = Math.max(...whole.map(Math.abs));
      expect(largest).toBeGreaterThan(1e-4);
      for (const [i, value] of whole.entries()) expect(Math.abs(sum[i] - value)).toBeLessThan(1e-14 * (1 + largest));
      expect(partLosses).toEqual(losses);
    },
  );

  it.each(["simd", "js"] as const)("make the same step as one call, on %s, where the part is all", async (engine) => {
    const optimizer = adam({ clipNorm: 0.5 });
    const whole = await compiled({ engine, optimizer, batchSize: 12 });
    const halves = await compiled({ engine, optimizer, batchSize: 12 });
    for (let step = 1; step <= 4; step++) {
      stage(whole, data);
      whole.network.trainStep(12, step, 0.01, false);
      stage(halves, data);
      halves.network.partialGradients(12, step, false, 0, 12);
      halves.network.update(step, 0.01);
    }
    expect(weightBytes(halves)).toEqual(weightBytes(whole));
    expect(await halves.evaluate(data)).toEqual(await whole.evaluate(data));
  });
});
