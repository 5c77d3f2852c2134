import { describe, expect, it } from "vitest";
import { createDataset, sliceDataset } from "../../src/data/dataset.ts";
import { readViews, writeView } from "../../src/data/viewing.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { barImages, CLASSES, compiled, EXACT, weightBytes } from "../model/networks.ts";

const data = barImages(20);

describe("statistics of the evaluated batch", () => {
  const layers = () => [
    flatten(),
    dense({ units: 5 }),
    batchNormalization({ name: "norm" }),
    dense({ units: CLASSES }),
  ];
  const settings = { batchStatistics: true };

  /** Losses by hand, normalised over all rows at once. */
  function losses(pixels: readonly number[][], labels: ArrayLike<number>, weight: (name: string) => Float32Array) {
    const product = (x: readonly number[], name: string, units: number) =>
      Array.from({ length: units }, (_, unit) =>
        x.reduce(
          (sum, value, i) => sum + value * weight(`${name}/kernel`)[i * units + unit],
          weight(`${name}/bias`)[unit],
        ),
      );
    const hidden = pixels.map((x) => product(x, "dense", 5));
    const mean = hidden[0].map((_, j) => hidden.reduce((sum, row) => sum + row[j], 0) / hidden.length);
    const variance = mean.map((m, j) => hidden.reduce((sum, row) => sum + (row[j] - m) ** 2, 0) / hidden.length);
    return hidden.map((row, i) => {
      const normal = row.map((value, j) => {
        const scaled = ((value - mean[j]) / Math.sqrt(variance[j] + 0.001)) * weight("norm/gamma")[j];
        return scaled + weight("norm/beta")[j];
      });
      const logits = product(normal, "dense_1", CLASSES);
      return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - logits[labels[i]]), 0));
    });
  }

  it("replace the running ones and leave them alone", async () => {
    const model = await compiled({ ...EXACT, layers: layers(), batchSize: data.length });
    await model.fit(data, { epochs: 2 });
    const before = weightBytes(model);
    const size = 9 * 7 * 2;
    const pixels = Array.from({ length: data.length }, (_, i) =>
      Array.from(data.images.subarray(i * size, (i + 1) * size), (value) => value / 128 - 1),
    );
    const wanted = losses(pixels, data.labels ?? [], (name) => model.getWeight(name));
    const { loss } = await model.evaluate(data, settings);
    expect(loss).toBeCloseTo(wanted.reduce((sum, value) => sum + value, 0) / wanted.length, 6);
    expect(weightBytes(model)).toEqual(before);
    expect((await model.evaluate(data)).loss).not.toBeCloseTo(loss, 2);
  });

  it("are those of each batch where there are several, also in a model that cannot train", async () => {
    const trained = await compiled({ layers: layers(), batchSize: 10 });
    await trained.fit(data);
    const whole = await trained.evaluate(data, settings);
    const halves = [sliceDataset(data, 0, 10), sliceDataset(data, 10)];
    const [first, second] = [await trained.evaluate(halves[0], settings), await trained.evaluate(halves[1], settings)];
    expect(whole.loss).toBeCloseTo((first.loss + second.loss) / 2, 10);
    const scores = await trained.predict(data.images, settings);
    await trained.compile({ engine: "simd", batchSize: 10, loss: "softmaxCrossEntropy" });
    expect(await trained.predict(data.images, settings)).toEqual(scores);
    expect(await trained.predict(data.images)).not.toEqual(scores);
  });

  it("are what validation has where a run says so", async () => {
    const model = await compiled({ layers: layers(), batchSize: 10 });
    const { epochs } = await model.fit(data, { validation: data, prediction: settings });
    expect(epochs[0].valLoss).toBe((await model.evaluate(data, settings)).loss);
  });
});

describe("several views of an image", () => {
  it("are the image, moved ones, and the same mirrored", () => {
    const shape = [2, 3, 1] as const;
    const image = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const seen = readViews({ shift: 1, horizontalFlip: true }).map((view) => {
      const target = new Uint8Array(6);
      writeView(target, image, 0, 1, shape, view);
      return [...target];
    });
    expect(seen).toEqual([
      [1, 2, 3, 4, 5, 6],
      [4, 5, 6, 0, 0, 0],
      [2, 3, 0, 5, 6, 0],
      [0, 0, 0, 1, 2, 3],
      [0, 1, 2, 0, 4, 5],
      [3, 2, 1, 6, 5, 4],
      [6, 5, 4, 0, 0, 0],
      [2, 1, 0, 5, 4, 0],
      [0, 0, 0, 3, 2, 1],
      [0, 3, 2, 0, 6, 5],
    ]);
  });

  it("move whole pixels of several channels, image by image", () => {
    const image = Float32Array.from({ length: 2 * 2 * 2 * 2 }, (_, i) => i + 1);
    const target = new Float32Array(16);
    writeView(target, image, 0, 2, [2, 2, 2], { mirrored: true, down: 1, right: 0 });
    expect([...target]).toEqual([0, 0, 0, 0, 3, 4, 1, 2, 0, 0, 0, 0, 11, 12, 9, 10]);
  });

  it("give the mean of their predictions", async () => {
    const model = await compiled({ batchSize: 8, layers: [flatten(), dense({ units: CLASSES })] });
    await model.fit(data, { epochs: 3 });
    const options = { testTimeAugmentation: { shift: 2, horizontalFlip: true } };
    const views = readViews(options.testTimeAugmentation).map((view) => {
      const images = new Uint8Array(data.images.length);
      if (data.images instanceof Uint8Array) writeView(images, data.images, 0, data.length, data.shape, view);
      return createDataset({ ...data, images });
    });
    const each = await Promise.all(views.map(({ images }) => model.predict(images)));
    const scores = await model.predict(data.images, options);
    scores.forEach((score, i) => {
      expect(score).toBeCloseTo(each.reduce((sum, one) => sum + one[i], 0) / 10, 6);
    });
    const evaluations = [];
    for (const view of views) evaluations.push(await model.evaluate(view));
    let right = 0;
    for (let i = 0; i < data.length; i++) {
      const row = [...scores.subarray(i * CLASSES, (i + 1) * CLASSES)];
      right += row.indexOf(Math.max(...row)) === data.labels?.[i] ? 1 : 0;
    }
    let seen = 0;
    const evaluation = await model.evaluate(data, {
      ...options,
      onBatch({ begin, count, scores: batch }) {
        seen += count;
        expect(batch[0]).toBeCloseTo(scores[begin * CLASSES], 6);
      },
    });
    expect(seen).toBe(data.length);
    expect(evaluation.accuracy).toBe(right / data.length);
    expect(evaluation.loss).toBeCloseTo(evaluations.reduce((sum, { loss }) => sum + loss, 0) / 10, 6);
  });

  it.each<[object, string]>([
    [{ testTimeAugmentation: { shift: 0.5 } }, "testTimeAugmentation: expected shift to be a whole number"],
    [{ testTimeAugmentation: { rotate: 3 } }, "testTimeAugmentation: expected only the keys horizontalFlip, shift"],
    [{ batchStatistics: 1 }, "evaluate: expected batchStatistics to be true or false, got 1"],
    [
      { views: 3 },
      'evaluate: expected only the keys batchStatistics, testTimeAugmentation, metrics, onBatch, signal, got "views"',
    ],
  ])("are refused for %j", async (options, message) => {
    const model = await compiled({ batchSize: 8 });
    await expect(model.evaluate(data, options)).rejects.toThrow(message);
  });
});
