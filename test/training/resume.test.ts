import { describe, expect, it } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { residual } from "../../src/graph/residual.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { gaussianNoise } from "../../src/layers/gaussian-noise.ts";
import { groupNormalization } from "../../src/layers/group-normalization.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { prelu } from "../../src/layers/prelu.ts";
import { spatialDropout2d } from "../../src/layers/spatial-dropout2d.ts";
import { stochasticDepth } from "../../src/layers/stochastic-depth.ts";
import type { Optimizer } from "../../src/model/contracts.ts";
import { ema, swa } from "../../src/training/averaging.ts";
import { EarlyStopping } from "../../src/training/callbacks/early-stopping.ts";
import { ReduceOnPlateau } from "../../src/training/callbacks/reduce-on-plateau.ts";
import type { EpochEvent } from "../../src/training/events.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import type { History } from "../../src/training/history.ts";
import { loadModel, resumeTrainer, runSettings } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { adam, rmsprop, sgd } from "../../src/training/optimizers.ts";
import { cosine } from "../../src/training/schedules.ts";
import type { Trainer } from "../../src/training/trainer.ts";
import { changedFile } from "../formats/changed.ts";
import { barImages, CLASSES, compiled, weightBytes } from "../model/networks.ts";

const train = barImages(22, 3);
const validation = barImages(10, 4);
const BATCH = 6;
const EPOCHS = 8;

function layers() {
  return [
    conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
    maxPooling2d(),
    batchNormalization({ momentum: 0.75 }),
    flatten(),
    dropout({ rate: 0.25 }),
    dense({ units: CLASSES }),
  ];
}

/** Options with everything that has a memory; new callbacks each time. */
function options(): FitOptions {
  return {
    epochs: EPOCHS,
    validation,
    schedule: cosine({ warmupEpochs: 1 }),
    augment: { shift: 1, rotate: 15, cutout: 2, horizontalFlip: true },
    callbacks: [
      new ReduceOnPlateau({ monitor: "trainLoss", patience: 1, factor: 0.5, minDelta: 0.2 }),
      new EarlyStopping({ monitor: "valLoss", patience: 2, minDelta: 0.1 }),
    ],
  };
}

function make(optimizer: Optimizer): Promise<Model> {
  return compiled({ layers: layers(), batchSize: BATCH, optimizer, seed: 5 });
}

/** All of an epoch but what depends on the clock. */
function timeless({ seconds, imagesPerSecond, ...figures }: EpochEvent) {
  expect(seconds).toBeGreaterThanOrEqual(0);
  expect(imagesPerSecond).toBeGreaterThan(0);
  return figures;
}

/** Runs `events` events of a run; its history if it ends before. */
async function advance(trainer: Trainer, events: number): Promise<History | undefined> {
  const run = trainer.run();
  for (let i = 0; i < events; i++) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
  return undefined;
}

async function finish(trainer: Trainer): Promise<History> {
  const history = await advance(trainer, Number.POSITIVE_INFINITY);
  if (history === undefined) throw new Error("the run has no end");
  return history;
}

/** A new model and run from a checkpoint, as another process would make them. */
async function resumed(file: Uint8Array, fitOptions = options()): Promise<{ model: Model; trainer: Trainer }> {
  const checkpoint = readCheckpoint(decodeSafetensors(file), "model");
  const model = await loadModel(checkpoint, { engine: "simd", training: true });
  const trainer = model.trainer(train, fitOptions);
  resumeTrainer(trainer, checkpoint);
  return { model, trainer };
}

const OPTIMIZERS: readonly Optimizer[] = [
  adam({ learningRate: 0.02, clipNorm: 1 }),
  sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  sgd({ learningRate: 0.05, momentum: 0.9, dampening: 0.25 }),
  rmsprop({ learningRate: 0.005, momentum: 0.5 }),
];

describe.each(OPTIMIZERS)("a run with $config", (optimizer) => {
  it("ends the same wherever it was interrupted and resumed", async () => {
    const whole = await make(optimizer);
    const history = await finish(whole.trainer(train, options()));
    const weights = weightBytes(whole);
    const epochs = history.epochs.map(timeless);
    const steps = Math.ceil(train.length / BATCH);
    // Steps and epochs.
    const events = epochs.length * (steps + 1);

    for (let k = 0; k <= events; k++) {
      const first = await make(optimizer);
      const interrupted = first.trainer(train, options());
      await advance(interrupted, k);
      const { model, trainer } = await resumed(first.checkpoint(interrupted, { k }));
      const end = await finish(trainer);
      expect(weightBytes(model), `weights after ${k} events`).toEqual(weights);
      expect(end.epochs.map(timeless), `history after ${k} events`).toEqual(epochs);
      expect(end.end, `end after ${k} events`).toEqual(history.end);
    }
  });
});

describe("a run with frozen layers", () => {
  const frozen = ["conv2d", "batchNormalization"];
  const averaging = ema({ decay: 0.8 });

  it("ends the same wherever it was interrupted and resumed, with callbacks that keep weights", async () => {
    const began = async () => {
      const model = await make(adam());
      for (const prefix of frozen) model.freeze(prefix);
      await model.compile({
        engine: "simd",
        optimizer: adam({ learningRate: 0.02 }),
        loss: "softmaxCrossEntropy",
        batchSize: BATCH,
      });
      return { model, trainer: model.trainer(train, { ...options(), averaging }) };
    };
    const whole = await began();
    await finish(whole.trainer);
    for (const k of [0, 3, 11, 17]) {
      const first = await began();
      await advance(first.trainer, k);
      const file = first.model.checkpoint(first.trainer);
      const { model, trainer } = await resumed(file, { ...options(), averaging });
      await finish(trainer);
      expect(weightBytes(model), `weights after ${k} events`).toEqual(weightBytes(whole.model));
    }
  });

  it("is not resumed with others frozen", async () => {
    const first = await make(sgd());
    const interrupted = first.trainer(train, options());
    await advance(interrupted, 2);
    const checkpoint = readCheckpoint(decodeSafetensors(first.checkpoint(interrupted)), "model");
    const model = await loadModel(checkpoint, { engine: "simd", training: true });
    model.freeze("conv2d");
    await model.compile({ engine: "simd", optimizer: sgd(), loss: "softmaxCrossEntropy", batchSize: BATCH });
    expect(() => resumeTrainer(model.trainer(train, options()), checkpoint)).toThrow(
      "resume: expected the frozen layers of the checkpoint's run, got others: none there, conv2d/kernel, conv2d/bias here",
    );
  });
});

describe("a run with other layers that draw, and that train what they have for each channel", () => {
  const layers = () => [
    conv2d({ filters: 4, kernelSize: 3 }),
    groupNormalization({ groups: 2 }),
    prelu({ sharedAxes: [1, 2] }),
    gaussianNoise({ stddev: 0.125 }),
    residual([conv2d({ filters: 4, kernelSize: 1 }), prelu(), stochasticDepth({ rate: 0.5 })]),
    spatialDropout2d({ rate: 0.25 }),
    flatten(),
    dense({ units: CLASSES }),
  ];
  const begin = () =>
    compiled({ layers: layers(), batchSize: BATCH, optimizer: adam({ learningRate: 0.02 }), seed: 5 });

  it("ends the same wherever it was interrupted and resumed", async () => {
    const fitOptions: FitOptions = { epochs: 3 };
    const whole = await begin();
    const starts = weightBytes(whole);
    await finish(whole.trainer(train, fitOptions));
    expect(weightBytes(whole)).not.toEqual(starts);
    for (const k of [0, 2, 5, 9]) {
      const first = await begin();
      const interrupted = first.trainer(train, fitOptions);
      await advance(interrupted, k);
      const { model, trainer } = await resumed(first.checkpoint(interrupted), fitOptions);
      await finish(trainer);
      expect(weightBytes(model), `weights after ${k} events`).toEqual(weightBytes(whole));
    }
  });

  it("draws anew at each step, and trains the factors of prelu", async () => {
    const model = await begin();
    const factors = [...model.weights().keys()].filter((name) => name.endsWith("/alpha"));
    const steps = [];
    for await (const event of model.fitEvents(train, { epochs: 2, shuffle: false })) {
      if (event.event === "step") steps.push(event.loss);
    }
    expect(new Set(steps).size).toBe(steps.length);
    expect(factors).toEqual(["prelu/alpha", "residual/prelu/alpha"]);
    // An element that was never negative has none to train.
    for (const name of factors) {
      const values = [...model.getWeight(name)];
      expect(values.filter((factor) => factor !== 0).length / values.length).toBeGreaterThan(0.9);
    }
  });
});

describe("a run with replacement, reports, averaged weights and several views", () => {
  const averagings = [ema({ decay: 0.8, every: 2 }), swa({ startEpoch: 1.25 })];

  it.each(averagings)("ends the same wherever it was interrupted and resumed, with $type", async (averaging) => {
    const all = (): FitOptions => ({
      epochs: 3,
      validation,
      sampling: "replacement",
      stepsPerEpoch: 3,
      averageEvery: 2,
      evaluations: [
        { on: "validation", every: 2, images: 5 },
        { on: "training", every: 3, images: 7 },
      ],
      augment: { horizontalFlip: "alternating" },
      prediction: { testTimeAugmentation: { shift: 1 }, batchStatistics: true },
      averaging,
      callbacks: [new EarlyStopping({ monitor: "valLoss", patience: 2 })],
    });
    const whole = await make(OPTIMIZERS[1]);
    const history = await finish(whole.trainer(train, all()));
    const weights = weightBytes(whole);
    expect(history.reports.length).toBe(4 + 4 + 3);
    const events = 9 + history.reports.length + 3;
    for (let k = 0; k <= events; k++) {
      const first = await make(OPTIMIZERS[1]);
      const interrupted = first.trainer(train, all());
      await advance(interrupted, k);
      const { model, trainer } = await resumed(first.checkpoint(interrupted), all());
      const end = await finish(trainer);
      expect(weightBytes(model), `weights after ${k} events`).toEqual(weights);
      expect(end.epochs.map(timeless), `history after ${k} events`).toEqual(history.epochs.map(timeless));
      expect(end.reports, `reports after ${k} events`).toEqual(history.reports);
    }
  });

  it("is refused without the average that it should have", async () => {
    const averaging = ema();
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, { epochs: 2, averaging });
    await advance(trainer, 3);
    const { tensors, metadata } = decodeSafetensors(model.checkpoint(trainer));
    const without = new Map([...tensors].filter(([name]) => !name.startsWith("optimizer:average/")));
    expect(without.size).toBeLessThan(tensors.size);
    const attempt = resumed(changedFile(without, metadata), { epochs: 2, averaging });
    await expect(attempt).rejects.toThrow(
      /^resume: expected 72 averaged values "average\/conv2d\/kernel", got undefined$/,
    );
  });
});

describe("the run of these tests", () => {
  it("stops early and lowers the learning rate, so that there is something to resume", async () => {
    const model = await make(OPTIMIZERS[0]);
    const { epochs, end } = await finish(model.trainer(train, options()));
    expect(end).toHaveProperty("stopped", expect.stringContaining("earlyStopping"));
    expect(epochs.length).toBeLessThan(EPOCHS);
    const rates = await finish((await make(OPTIMIZERS[0])).trainer(train, { ...options(), callbacks: [] }));
    expect(epochs.at(-1)?.lr).toBeLessThan(rates.epochs[epochs.length - 1].lr);
  });

  it("can be interrupted many times", async () => {
    const whole = await make(OPTIMIZERS[0]);
    await finish(whole.trainer(train, options()));
    const first = await make(OPTIMIZERS[0]);
    let [model, trainer] = [first, first.trainer(train, options())];
    while ((await advance(trainer, 3)) === undefined) {
      ({ model, trainer } = await resumed(model.checkpoint(trainer)));
    }
    expect(weightBytes(model)).toEqual(weightBytes(whole));
  });

  it("can be interrupted by a signal, between steps", async () => {
    const whole = await make(OPTIMIZERS[0]);
    await finish(whole.trainer(train, options()));
    const first = await make(OPTIMIZERS[0]);
    const controller = new AbortController();
    const trainer = first.trainer(train, { ...options(), signal: controller.signal });
    const seen: string[] = [];
    const run = trainer.run();
    for (let next = await run.next(); ; next = await run.next()) {
      if (next.done === true) {
        expect(next.value).toEqual({ epochs: [], reports: [], end: "interrupted" });
        break;
      }
      seen.push(next.value.event);
      if (seen.length === 2) controller.abort();
    }
    expect(seen).toEqual(["step", "step"]);
    const { model, trainer: second } = await resumed(first.checkpoint(trainer));
    await finish(second);
    expect(weightBytes(model)).toEqual(weightBytes(whole));
  });

  it("goes on where a loop over its events was left", async () => {
    const whole = await make(OPTIMIZERS[0]);
    await finish(whole.trainer(train, options()));
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, options());
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 6) break;
    await finish(trainer);
    expect(weightBytes(model)).toEqual(weightBytes(whole));
  });
});

describe("a checkpoint", () => {
  it("keeps the caller's settings", async () => {
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, options());
    const settings = { data: "bars", epochs: EPOCHS, list: [1, null] };
    const file = model.checkpoint(trainer, settings);
    expect(runSettings(readCheckpoint(decodeSafetensors(file), "model"))).toEqual(settings);
  });

  it("is a model file too", async () => {
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, options());
    await advance(trainer, 7);
    const loaded = await loadModel(model.checkpoint(trainer), { engine: "simd" });
    expect(weightBytes(loaded)).toEqual(weightBytes(model));
    const names = [...decodeSafetensors(model.checkpoint(trainer)).tensors.keys()];
    expect(names.filter((name) => model.weights().has(name))).toEqual(
      [...model.weights().keys()].sort((a, b) => names.indexOf(a) - names.indexOf(b)),
    );
  });

  it("of a finished model has no run to resume", async () => {
    const model = await make(OPTIMIZERS[0]);
    const checkpoint = readCheckpoint(decodeSafetensors(model.save()), "model");
    const error = new RangeError("resume: expected a checkpoint of an unfinished run, got a finished model");
    expect(() => resumeTrainer(model.trainer(train), checkpoint)).toThrow(error);
    expect(() => runSettings(checkpoint)).toThrow(error);
  });

  it("fits only its own run", async () => {
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, options());
    await advance(trainer, 7);
    const checkpoint = readCheckpoint(decodeSafetensors(model.checkpoint(trainer)), "model");
    const fresh = () => loadModel(checkpoint, { engine: "simd", training: true });

    const more = (await fresh()).trainer(barImages(30), options());
    expect(() => resumeTrainer(more, checkpoint)).toThrow(
      new RangeError("resume: expected a run of 8 epochs of 5 steps, got one at epoch 1, step 2, 6 in all"),
    );
    const other = await make(rmsprop());
    expect(() => resumeTrainer(other.trainer(train, options()), checkpoint)).toThrow(
      /^resume: expected 72 values of the optimizer's "square\/conv2d\/kernel", got undefined$/,
    );
    const callbacks = [new EarlyStopping({ monitor: "valAccuracy" })];
    const watched = (await fresh()).trainer(train, { ...options(), callbacks });
    expect(() => resumeTrainer(watched, checkpoint)).toThrow(
      /^earlyStopping state: expected one that monitors valAccuracy/,
    );
  });

  it.each([
    ["epoch", -1, RangeError],
    ["epoch", 1.5, RangeError],
    ["epoch", 100, RangeError],
    ["step", 3, RangeError],
    ["step", "6", TypeError],
    ["step", null, TypeError],
    ["stepInEpoch", 9, RangeError],
    ["loss", null, TypeError],
    ["learningRateFactor", "1", TypeError],
    ["stopped", 1, TypeError],
    ["history", {}, TypeError],
    ["history", [3], TypeError],
    ["history", [{ epoch: "1" }], TypeError],
    ["unknown", 1, TypeError],
  ])("whose progress has %s = %j is refused", async (key, value, kind) => {
    const model = await make(OPTIMIZERS[0]);
    const trainer = model.trainer(train, options());
    await advance(trainer, 7);
    const { tensors, metadata } = decodeSafetensors(model.checkpoint(trainer));
    const training = JSON.parse(metadata.training);
    training.progress[key] = value;
    const file = changedFile(tensors, { ...metadata, training: JSON.stringify(training) });
    const attempt = resumed(file);
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(/^resume(: history)?: expected /);
  });
});
