import { describe, expect, it } from "vitest";
import { createDataset, type Dataset, sliceDataset } from "../../../src/data/dataset.ts";
import { digits } from "../../../src/data/digits/dataset.ts";
import { readCheckpoint } from "../../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../../src/formats/safetensors.ts";
import { conv2d } from "../../../src/layers/conv2d.ts";
import { dense } from "../../../src/layers/dense.ts";
import { dropout } from "../../../src/layers/dropout.ts";
import { flatten } from "../../../src/layers/flatten.ts";
import { maxPooling2d } from "../../../src/layers/max-pooling2d.ts";
import { ema } from "../../../src/training/averaging.ts";
import type { CompileOptions } from "../../../src/training/compile-options.ts";
import { createModel } from "../../../src/training/create-model.ts";
import type { FitOptions } from "../../../src/training/fit-options.ts";
import { loadModel, resumeTrainer } from "../../../src/training/load-model.ts";
import { distillation } from "../../../src/training/losses/distillation.ts";
import { parseLoss } from "../../../src/training/losses.ts";
import type { Model } from "../../../src/training/model.ts";
import { adam, rmsprop, sgd } from "../../../src/training/optimizers.ts";
import { oneCycle } from "../../../src/training/schedules.ts";
import { withTeacher } from "../../../src/training/with-teacher.ts";
import type { ReplicaGroup } from "../../../src/worker/replicas/group.ts";
import {
  barImages,
  CLASSES,
  compiled,
  created,
  EXACT,
  stage,
  trainedNames,
  weightBytes,
  withTargets,
} from "../../model/networks.ts";
import { advance, fitShared, withGroup } from "./trained.ts";

const data = barImages(24);

/** No batch normalisation, whose statistics are those of each part. */
const plainLayers = () => [
  conv2d({ filters: 6, kernelSize: 3, activation: "relu" }),
  maxPooling2d({ poolSize: 2 }),
  dropout({ rate: 0.25 }),
  flatten(),
  dense({ units: 16, activation: "tanh" }),
  dropout({ rate: 0.5 }),
  dense({ units: CLASSES }),
];

const AUGMENT = { shift: 1, rotate: 15, horizontalFlip: "alternating", cutout: 2 } as const;

function gradientsOf(model: Model): number[] {
  return trainedNames(model).flatMap((name) => Array.from(model.network.gradient(name)));
}

/** The gradients of one step by one network in float64 and by replicas, and the epoch that both report. */
async function sharedGradients(
  options: Parameters<typeof compiled>[0],
  fit: FitOptions,
  images: Dataset,
  replicas = 3,
) {
  const exact = await compiled({ ...options, ...EXACT });
  const alone = await exact.fit(images, fit);
  const wanted = gradientsOf(exact);
  const model = await compiled(options);
  const shared = await withGroup(model, replicas, (group) => advance(model.trainer(images, fit), group));
  const largest = Math.max(...wanted.map(Math.abs));
  const error = Math.max(...gradientsOf(model).map((value, i) => Math.abs(value - wanted[i])));
  return { wanted, largest, error, alone: alone.epochs[0], shared: shared?.epochs[0] };
}

async function expectSameStates(group: ReplicaGroup): Promise<void> {
  const [leader, ...others] = await group.states();
  expect(others.length).toBe(group.replicas - 1);
  for (const state of others) expect(state.values).toEqual(leader.values);
}

it("count predictions for metrics together as one network does alone", async () => {
  const fit: FitOptions = { metrics: ["f1", "top2", "recall"] };
  const options = { layers: plainLayers(), batchSize: 24 };
  const { epochs } = await (await compiled(options)).fit(data, fit);
  const model = await compiled(options);
  const shared = await withGroup(model, 3, (group) => advance(model.trainer(data, fit), group));
  expect(epochs[0].trainMetrics).toEqual({
    f1: expect.any(Number),
    top2: expect.any(Number),
    recall: expect.any(Number),
  });
  expect(shared?.epochs[0].trainMetrics).toEqual(epochs[0].trainMetrics);
});

describe("the gradient that replicas make together", () => {
  it("is that of the whole batch with weights of images and classes, and images that are ignored", async () => {
    const weights = Float32Array.from({ length: data.length }, (_, i) => (i % 4) / 2);
    const images = createDataset({ ...data, sampleWeight: weights });
    const loss = parseLoss({ type: "softmaxCrossEntropy", labelSmoothing: 0.1, ignoreIndex: 2 });
    const options = { layers: plainLayers(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 24, loss };
    const fit: FitOptions = { classWeight: { 0: 3 }, metrics: ["balancedAccuracy"], validation: images };
    const { error, largest, alone, shared } = await sharedGradients(options, fit, images);
    expect(error / largest).toBeLessThan(1e-5);
    expect(shared?.trainLoss).toBeCloseTo(alone.trainLoss, 5);
    expect(shared?.trainMetrics).toEqual(alone.trainMetrics);
    expect(shared?.valLoss).toBeCloseTo(alone.valLoss ?? Number.NaN, 5);
  });

  it.each([
    [2, "softmaxCrossEntropy", data],
    [3, "softmaxCrossEntropy", data],
    [5, "softmaxCrossEntropy", sliceDataset(data, 0, 23)],
    [2, "sigmoidBinaryCrossEntropy", withTargets(data, CLASSES)],
    [3, "meanSquaredError", withTargets(data, CLASSES)],
  ] as const)(
    "is that of the whole batch, of %i with %s: dropout and augmentation are the same",
    async (replicas, loss, images) => {
      const options = { layers: plainLayers(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 24, loss };
      const fit: FitOptions = { augment: AUGMENT };
      const { error, largest, alone, shared } = await sharedGradients(options, fit, images, replicas);
      expect(largest).toBeGreaterThan(1e-3);
      expect(error / largest).toBeLessThan(2e-6);
      expect(error).toBeGreaterThan(0);
      expect(shared?.trainLoss).toBeCloseTo(alone.trainLoss, 6);
      expect(shared?.trainAccuracy).toEqual(alone.trainAccuracy);
    },
  );

  it.each([
    [{ mixup: 0.4, cutmix: 1, shift: 1 }, "softmaxCrossEntropy", data],
    [{ cutmix: 0.5 }, "meanSquaredError", withTargets(data, CLASSES)],
  ] as const)("is that of the whole batch whose images are mixed, %o", async (augment, loss, images) => {
    const options = { layers: plainLayers(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 24, loss };
    const fit: FitOptions = { augment };
    const { wanted, error, largest, alone, shared } = await sharedGradients(options, fit, images);
    expect(error / largest).toBeLessThan(1e-5);
    expect(shared?.trainLoss).toBeCloseTo(alone.trainLoss, 6);
    const plain = await compiled(options);
    await plain.fit(images);
    const mixed = Math.max(...gradientsOf(plain).map((value, i) => Math.abs(value - wanted[i])));
    expect(mixed / largest).toBeGreaterThan(0.01);
  });

  it("is that of the whole batch with a teacher", async () => {
    const taught = await withTeacher(data, await compiled({ seed: 3 }));
    const loss = distillation();
    const options = { layers: plainLayers(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 24, loss };
    const { error, largest } = await sharedGradients(options, {}, taught);
    expect(error / largest).toBeLessThan(1e-5);
  });

  it("is that of the whole batch where batch normalisation is frozen, and frozen layers keep their bits", async () => {
    const make = async (engine: CompileOptions) => {
      const model = created();
      for (const prefix of ["second", "norm", "block"]) model.freeze(prefix);
      await model.compile({
        optimizer: sgd({ learningRate: 0.1 }),
        batchSize: 24,
        loss: "softmaxCrossEntropy",
        ...engine,
      });
      return model;
    };
    const exact = await make(EXACT);
    await exact.fit(data);
    const wanted = gradientsOf(exact);
    const model = await make({ engine: "simd" });
    const kept = [...model.weights().keys()].filter((name) => /^(second|norm|block)/.test(name));
    const before = kept.map((name) => model.getWeight(name));
    await withGroup(model, 3, async (group) => {
      await advance(model.trainer(data), group);
      await expectSameStates(group);
    });
    expect(kept.map((name) => model.getWeight(name))).toEqual(before);
    const largest = Math.max(...wanted.map(Math.abs));
    const error = Math.max(...gradientsOf(model).map((value, i) => Math.abs(value - wanted[i])));
    expect(error / largest).toBeLessThan(5e-6);
  });

  it("moves running statistics to the mean of the parts', by their images", async () => {
    const replicas = 3;
    const images = sliceDataset(data, 0, 23);
    const options = { optimizer: sgd({ learningRate: 0.01 }), batchSize: 23 };
    const model = await compiled(options);
    await fitShared(model, replicas, images, { shuffle: false });

    const names = [...model.weights().keys()].filter((name) => /moving/.test(name));
    expect(names.length).toBe(4);
    const bounds = [0, 7, 15, 23];
    const sums = new Map(names.map((name) => [name, new Float64Array(model.getWeight(name).length)]));
    for (let part = 0; part < replicas; part++) {
      const [begin, end] = [bounds[part], bounds[part + 1]];
      const alone = await compiled(options);
      stage(alone, sliceDataset(images, begin, end));
      alone.network.partialGradients(end - begin, 1, false, begin, 23);
      for (const [name, sum] of sums) {
        for (const [i, value] of alone.getWeight(name).entries()) sum[i] += (value * (end - begin)) / 23;
      }
    }
    for (const [name, sum] of sums) {
      const got = model.getWeight(name);
      for (const [i, value] of sum.entries()) expect(got[i] / value).toBeCloseTo(1, 5);
      expect(got).not.toEqual((await compiled(options)).getWeight(name));
    }
  });
});

describe("a run with replicas", () => {
  /** The last batch has one image in four, and two in three. */
  const images = barImages(31, 3);
  const fit: FitOptions = { epochs: 6, augment: AUGMENT, schedule: oneCycle() };

  it.each([
    [2, "auto", adam({ learningRate: 0.01, clipNorm: 0.5 })],
    [3, "simd", rmsprop({ learningRate: 0.003, momentum: 0.5, l2: 0.001 })],
    [4, "simd", sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 })],
    [3, "js", sgd({ learningRate: 0.05 })],
  ] as const)("leaves all %i with the same bits on %s, and repeats", async (replicas, engine, optimizer) => {
    const bytes: Uint8Array[] = [];
    for (let i = 0; i < 2; i++) {
      const model = await compiled({ engine, optimizer, batchSize: 10 });
      const before = weightBytes(model);
      await withGroup(model, replicas, async (group) => {
        await advance(model.trainer(images, fit), group);
        await expectSameStates(group);
      });
      expect(weightBytes(model)).not.toEqual(before);
      bytes.push(weightBytes(model));
    }
    expect(bytes[1]).toEqual(bytes[0]);
  });

  it("works where there are fewer images than replicas", async () => {
    for (const [count, batchSize] of [
      [3, 8],
      [9, 4],
      [4, 1],
    ]) {
      const model = await compiled({ optimizer: adam(), batchSize });
      await withGroup(model, 5, async (group) => {
        await advance(model.trainer(sliceDataset(data, 0, count), { epochs: 2 }), group);
        await expectSameStates(group);
      });
    }
  });

  it("learns digits as one alone does", async () => {
    const train = digits({ count: 3000, seed: 1 });
    const test = digits({ count: 500, seed: 1, start: 3000 });
    const layers = () => [
      conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dense({ units: 10 }),
    ];
    const make = async () => {
      const model = createModel({ input: { shape: [28, 28, 1], scale: 1 / 255 }, layers: layers(), seed: 1 });
      const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
      await model.compile({ engine: "simd", optimizer, loss: "softmaxCrossEntropy", batchSize: 50 });
      return model;
    };
    const alone = await make();
    await alone.fit(train, { epochs: 3 });
    const { accuracy } = await alone.evaluate(test);
    expect(accuracy).toBeGreaterThan(0.9);
    const shared = await make();
    await fitShared(shared, 3, train, { epochs: 3 });
    const evaluation = await shared.evaluate(test);
    expect(Math.abs(evaluation.accuracy - accuracy)).toBeLessThan(0.02);
  });

  it("goes on from a checkpoint, with other workers, to the same bits", async () => {
    const compile: CompileOptions = { optimizer: adam({ learningRate: 0.01 }), batchSize: 10 };
    const options: FitOptions = {
      ...fit,
      epochs: 4,
      averaging: ema({ decay: 0.9, statisticsImages: 20 }),
      validation: data,
    };
    const whole = await compiled(compile);
    await fitShared(whole, 3, images, options);

    const first = await compiled(compile);
    const trainer = first.trainer(images, options);
    const file = await withGroup(first, 3, async (group) => {
      expect(await advance(trainer, group, 7)).toBeUndefined();
      return first.checkpoint(trainer);
    });
    const checkpoint = readCheckpoint(decodeSafetensors(file), "test");
    const second = await loadModel(checkpoint, { engine: "simd", training: true });
    const resumed = second.trainer(images, options);
    resumeTrainer(resumed, checkpoint);
    await withGroup(second, 3, async (group) => {
      await advance(resumed, group);
      await expectSameStates(group);
    });
    expect(weightBytes(second)).toEqual(weightBytes(whole));
  });

  it("passes on what is written into the model between two steps, and new runs' fresh optimizer", async () => {
    const model = await compiled({ optimizer: adam({ learningRate: 0.01 }), batchSize: 10 });
    await withGroup(model, 3, async (group) => {
      await advance(model.trainer(images, { epochs: 2 }), group, 5);
      model.setWeight("out/bias", [3, -3, 0]);
      await advance(model.trainer(images), group);
      await expectSameStates(group);
    });
    const bias = Array.from(model.getWeight("out/bias"));
    expect(Math.abs(bias[0] - 3)).toBeLessThan(0.2);
  });
});
