import { describe, expect, it } from "vitest";
import { createDataset, sliceDataset, takeDataset } from "../../src/data/dataset.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { classWeights } from "../../src/training/class-weight.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { loadModel, resumeTrainer } from "../../src/training/load-model.ts";
import { type LossOption, parseLoss } from "../../src/training/losses.ts";
import { reportImages } from "../../src/training/report.ts";
import { readGolden } from "../golden/golden.ts";
import { barImages, CLASSES, compiled, weightBytes, withTargets } from "../model/networks.ts";

const plain = barImages(22, 3);
const sampleWeight = Float32Array.from({ length: 22 }, (_, i) => (i % 5) / 2);
const weighted = createDataset({ ...plain, sampleWeight });

const golden = readGolden<{
  readonly labels: readonly number[];
  readonly classes: readonly number[];
  readonly weights: readonly number[];
}>("class-weights");

/** Images without meaning, of the given labels. */
function labelled(labels: readonly number[], classNames?: readonly string[]) {
  return createDataset({
    shape: [1, 1, 1],
    images: new Uint8Array(labels.length),
    labels: Uint8Array.from(labels),
    ...(classNames && { classNames }),
  });
}

describe("weights of classes", () => {
  it("that are balanced are scikit-learn's, 1 for a class without images, and take no notice of an ignored class", () => {
    const found = classWeights("balanced", labelled(golden.labels), 6, undefined);
    golden.classes.forEach((c, i) => {
      expect(found[c]).toBeCloseTo(golden.weights[i], 12);
    });
    expect([found[3], found[5]]).toEqual([1, 1]);
    const ignoring = classWeights("balanced", labelled([0, 0, 0, 1, 9, 9, 9, 9]), 2, 9);
    expect([...ignoring]).toEqual([4 / (2 * 3), 4 / 2]);
  });

  it("go by names, or by indices where no class is called so", () => {
    const data = labelled([0, 1, 2], ["cat", "2", "dog"]);
    expect([...classWeights({ dog: 3, 2: 5, 0: 7 }, data, 3, undefined)]).toEqual([7, 5, 3]);
    expect([...classWeights([1, 2, 3], data, 3, undefined)]).toEqual([1, 2, 3]);
    expect(() => classWeights({ Dog: 3 }, data, 3, undefined)).toThrow(
      'fit: classWeight: expected classes among cat, 2, dog, or their indices, got "Dog"; did you mean dog?',
    );
    expect(() => classWeights([1, 2], data, 3, undefined)).toThrow("expected 3 weights, one for each class, got 2");
  });

  it("are refused where they mean nothing", async () => {
    const model = await compiled({ loss: "meanSquaredError" });
    await expect(model.fit(withTargets(plain, CLASSES), { classWeight: "balanced" })).rejects.toThrow(
      "fit: expected a loss that knows classes for classWeight, got meanSquaredError",
    );
    const classifier = await compiled({});
    for (const classWeight of [{ 0: -1 }, [1, Number.NaN, 1]] as const) {
      await expect(classifier.fit(plain, { classWeight })).rejects.toThrow("classWeight[");
    }
  });
});

describe("weights of images", () => {
  it("go along with slices and copies, and have to be as many as images, from 0 on", () => {
    expect(sliceDataset(weighted, 3, 5).sampleWeight).toEqual(sampleWeight.subarray(3, 5));
    expect(takeDataset(weighted, [7, 1]).sampleWeight).toEqual(Float32Array.of(sampleWeight[7], sampleWeight[1]));
    const wrong = (values: number[]) => createDataset({ ...plain, sampleWeight: Float32Array.from(values) });
    expect(() => wrong([1])).toThrow('dataset "bars": expected sampleWeight of 22 images, a number for each, got 1');
    expect(() => wrong([...sampleWeight.subarray(1), -1])).toThrow("sampleWeight from 0 on, got -1 at index 21");
  });

  it("of 1 are as none, bit for bit, and of 2 as the image twice", async () => {
    const fit = async (weights: ArrayLike<number> | undefined, options: FitOptions = {}) => {
      const model = await compiled({ optimizer: "sgd", batchSize: 22 });
      const data =
        weights === undefined ? plain : createDataset({ ...plain, sampleWeight: Float32Array.from(weights) });
      const history = await model.fit(data, { epochs: 3, ...options });
      return { bytes: weightBytes(model), loss: history.epochs[2].trainLoss };
    };
    const without = await fit(undefined);
    expect(await fit(new Float32Array(22).fill(1), { classWeight: [1, 1, 1] })).toEqual(without);
    expect((await fit(new Float32Array(22).fill(2))).bytes).not.toEqual(without.bytes);
  });
});

/** Losses with all that weighs: images, classes, and images that do not count. */
const LOSSES: readonly (readonly [loss: LossOption, options: FitOptions])[] = [
  [parseLoss({ type: "softmaxCrossEntropy", labelSmoothing: 0.1, ignoreIndex: 1 }), { classWeight: { 0: 3, 2: 0.5 } }],
  [parseLoss({ type: "categoricalFocalCrossentropy" }), { classWeight: "balanced" }],
  [parseLoss({ type: "categoricalFocalCrossentropy", alpha: [0.5, 2, 1] }), {}],
];

describe.each(LOSSES)("a weighted run with %o", (loss, options) => {
  const fit: FitOptions = { epochs: 2, metrics: ["balancedAccuracy"], validation: weighted, ...options };

  it("ends with the same bits on two threads, and after a stop in between", async () => {
    const made = { loss, batchSize: 6, optimizer: "adam" } as const;
    const whole = await compiled(made);
    const { epochs } = await whole.fit(weighted, fit);
    const threaded = await compiled({ ...made, threads: 2 });
    await threaded.fit(weighted, fit);
    expect(weightBytes(threaded)).toEqual(weightBytes(whole));
    threaded.dispose();

    const stopped = await compiled(made);
    const trainer = stopped.trainer(weighted, fit);
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 3) break;
    const bytes = stopped.checkpoint(trainer);
    const later = await loadModel(bytes, { engine: "simd", training: true });
    const resumed = later.trainer(weighted, fit);
    resumeTrainer(resumed, readCheckpoint(decodeSafetensors(bytes), "checkpoint"));
    for await (const _ of resumed.run());
    expect(weightBytes(later)).toEqual(weightBytes(whole));
    expect(resumed.progress.history.map(({ trainLoss, valLoss }) => [trainLoss, valLoss])).toEqual(
      epochs.map(({ trainLoss, valLoss }) => [trainLoss, valLoss]),
    );
  });
});

it("an ignored class counts nowhere, also where a batch has no other", async () => {
  const labels = plain.labels ?? new Uint8Array();
  const others = [...labels.keys()].filter((i) => labels[i] !== 1);
  const data = createDataset({ ...plain, labels: labels.map((label) => (label === 1 ? 250 : label)), classes: 251 });
  const loss = parseLoss({ type: "softmaxCrossEntropy", ignoreIndex: 250 });
  const model = await compiled({ loss, batchSize: 1, optimizer: "sgd" });
  const { epochs } = await model.fit(data, { metrics: ["accuracy"], shuffle: false });
  expect(epochs[0].trainMetrics?.accuracy).toBe(epochs[0].trainAccuracy);
  expect(epochs[0].trainLoss).toBeGreaterThan(0);
  const kept = takeDataset(plain, others);
  const [all, few] = [await model.evaluate(data), await model.evaluate(kept)];
  expect(all.images).toBe(others.length);
  expect(all.accuracy).toBe(few.accuracy);
  expect(all.loss).toBeCloseTo(few.loss, 12);
  const report = await reportImages(model.network, data);
  expect(report.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(others.length);
});

it("the mean absolute error of values is scikit-learn's", async () => {
  const { values, targets, outputs, meanAbsoluteError } = readGolden<{
    readonly values: readonly number[];
    readonly targets: readonly number[];
    readonly outputs: number;
    readonly meanAbsoluteError: number;
  }>("distances");
  const { metricsOf } = await import("../../src/training/metric-figures.ts");
  const { addCounts, countPredictions } = await import("../../src/training/metric-counts.ts");
  const counts = (begin: number, end: number) =>
    countPredictions(
      Float32Array.from(values.slice(begin * outputs, end * outputs)),
      { labels: undefined, targets: Float32Array.from(targets.slice(begin * outputs, end * outputs)) },
      end - begin,
      outputs,
    );
  const found = metricsOf(["meanAbsoluteError"], addCounts(counts(0, 4), counts(4, values.length / outputs)));
  expect(found.meanAbsoluteError).toBeCloseTo(meanAbsoluteError, 12);

  const model = await compiled({ loss: "huber" });
  const data = withTargets(plain, CLASSES);
  const { epochs } = await model.fit(data, { metrics: ["meanAbsoluteError"], validation: data });
  const { metrics } = await model.evaluate(data, { metrics: ["meanAbsoluteError"] });
  expect(epochs[0].valMetrics).toEqual(metrics);
  expect(epochs[0].trainMetrics?.meanAbsoluteError).toBeGreaterThan(0);
  await expect(model.fit(data, { metrics: ["f1"] })).rejects.toThrow("a loss that knows classes for metrics as f1");
});
