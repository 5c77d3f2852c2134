import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { createModel } from "../../src/training/create-model.ts";
import { whiten } from "../../src/training/whitening.ts";

const SHAPE = [7, 6, 2] as const;
const SIZE = 84;

/** Images whose neighbouring pixels are alike. */
function smoothImages(count: number) {
  const stream = RandomStream.from(3, "smooth");
  const noise = (index: number) => stream.integer(index, 128);
  const images = Uint8Array.from({ length: count * SIZE }, (_, i) => noise(i) + (i >= 2 ? noise(i - 2) : 0));
  return createDataset({ shape: SHAPE, images, labels: new Uint8Array(count), classes: 2 });
}

const data = smoothImages(40);

async function made(filters: number, first = conv2d({ name: "first", filters, kernelSize: 2 })) {
  const model = createModel({
    input: { shape: SHAPE, scale: [1 / 128, 1 / 64], offset: [-1, 0.5] },
    layers: [first, flatten(), dense({ units: 2 })],
  });
  await model.compile({ engine: "js", loss: "softmaxCrossEntropy" });
  return model;
}

describe("whitening filters", () => {
  it("make outputs that are uncorrelated, of variance one", async () => {
    const model = await made(20);
    const before = model.getWeight("first/kernel");
    whiten(model, data, { epsilon: 1e-12 });
    const kernel = model.getWeight("first/kernel");
    // All patches of 2 x 2 x 2 values, through the first eight filters.
    const outputs: number[][] = [];
    for (let image = 0; image < data.length; image++) {
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 5; x++) {
          const patch = Array.from({ length: 8 }, (_, i) => {
            const at = ((image * 7 + y + (i >> 2)) * 6 + x + ((i >> 1) & 1)) * 2 + (i & 1);
            return data.images[at] / (i & 1 ? 64 : 128) + (i & 1 ? 0.5 : -1);
          });
          outputs.push(
            Array.from({ length: 8 }, (_, k) => patch.reduce((sum, p, i) => sum + p * kernel[i * 20 + k], 0)),
          );
        }
      }
    }
    const mean = outputs[0].map((_, k) => outputs.reduce((sum, row) => sum + row[k], 0) / outputs.length);
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        const covariance = outputs.reduce((sum, row) => sum + (row[a] - mean[a]) * (row[b] - mean[b]), 0);
        expect(covariance / outputs.length, `${a}, ${b}`).toBeCloseTo(a === b ? 1 : 0, 4);
      }
    }
    // Then the same with the opposite sign, then the filters that were there.
    for (let i = 0; i < 8; i++) {
      for (let k = 0; k < 8; k++) expect(kernel[i * 20 + 8 + k]).toBe(-kernel[i * 20 + k]);
      for (let k = 16; k < 20; k++) expect(kernel[i * 20 + k]).toBe(before[i * 20 + k]);
    }
    expect([...model.getWeight("first/bias")]).toEqual(new Array(20).fill(0));
  });

  it("begin with those of the largest variance, damped by epsilon", async () => {
    const model = await made(8);
    whiten(model, data, { epsilon: 1e-12 });
    const plain = model.getWeight("first/kernel");
    const norm = (kernel: Float32Array, k: number) =>
      Math.sqrt(Array.from({ length: 8 }, (_, i) => kernel[i * 8 + k] ** 2).reduce((sum, value) => sum + value, 0));
    const norms = Array.from({ length: 8 }, (_, k) => norm(plain, k));
    expect(norms).toEqual([...norms].sort((a, b) => a - b));
    whiten(model, data, { epsilon: 0.05 });
    const damped = model.getWeight("first/kernel");
    // Filters of unit length divided by the root of the variance.
    for (let k = 0; k < 8; k++) expect(norm(damped, k)).toBeCloseTo(1 / Math.sqrt(1 / norms[k] ** 2 + 0.05), 4);
  });

  it("are refused where they cannot be", async () => {
    await expect(made(8).then((model) => whiten(model, data, { images: 0 }))).rejects.toThrow(RangeError);
    await expect(made(8).then((model) => whiten(model, data, { epsilon: 0 }))).rejects.toThrow(RangeError);
    const grouped = made(8, conv2d({ name: "first", filters: 8, kernelSize: 2, groups: 2 }));
    await expect(grouped.then((model) => whiten(model, data))).rejects.toThrow(
      "whiten: expected a first layer conv2d over all channels, got conv2d",
    );
    const other = createDataset({
      shape: [6, 7, 2],
      images: new Uint8Array(84),
      labels: new Uint8Array(1),
      classes: 2,
    });
    await expect(made(8).then((model) => whiten(model, other))).rejects.toThrow(
      "whiten: expected images of shape [7,6,2], got [6,7,2] in data",
    );
  });
});
