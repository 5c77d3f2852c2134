import { describe, expect, it } from "vitest";
import type { Dataset, StreamedDataset } from "../../src/data/dataset.ts";
import { sliceDataset, takeDataset, takeRows } from "../../src/data/dataset.ts";
import type { ImageBatches, ImageSource } from "../../src/data/image-source.ts";
import { loadDataset } from "../../src/data/load-dataset.ts";
import { splitDataset, splitStratified } from "../../src/data/split.ts";
import { datasetStatistics } from "../../src/data/statistics.ts";
import { createStreamedDataset } from "../../src/data/streamed.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { swa } from "../../src/training/averaging.ts";
import { EarlyStopping } from "../../src/training/callbacks/early-stopping.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { loadModel, resumeTrainer } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { barImages, CLASSES, compiled, weightBytes } from "../model/networks.ts";

const memory = barImages(50, 3);
const { shape, labels } = memory;
const SIZE = shape[0] * shape[1] * shape[2];
const classes = CLASSES;

const rowsOf = (indices: Uint32Array) => takeRows(memory.images, SIZE, indices);

function streamed(source: ImageSource | ImageBatches, own = labels): StreamedDataset {
  return createStreamedDataset({ name: "streamed", shape, source, length: memory.length, labels: own, classes });
}

/** Answers late, and the later batches often before the earlier ones. */
const late = streamed({
  length: memory.length,
  async read(indices) {
    await new Promise((resolve) => setTimeout(resolve, indices[0] % 3));
    return rowsOf(indices);
  },
});

const atOnce = streamed({ length: memory.length, read: rowsOf });

/** Gives its labels with the pixels. */
const labelled = streamed(
  {
    length: memory.length,
    read: async (indices) => ({ images: rowsOf(indices), labels: labels && takeRows(labels, 1, indices) }),
  },
  undefined,
);

/** Batches of another size than the training's. */
const batches = streamed(async function* () {
  for (let begin = 0; begin < memory.length; begin += 7) {
    const { images } = sliceDataset(memory, begin, Math.min(begin + 7, memory.length));
    yield images;
  }
});

const NETWORK = () => [conv2d({ filters: 4, kernelSize: 3, activation: "relu" }), flatten(), dense({ units: CLASSES })];

function model(): Promise<Model> {
  return compiled({ layers: NETWORK(), batchSize: 8 });
}

async function trained(data: Dataset | StreamedDataset, options: FitOptions): Promise<Uint8Array> {
  const made = await model();
  await made.fit(data, { epochs: 3, ...options });
  return weightBytes(made);
}

describe("a streamed data set", () => {
  const { rest, heldOut } = splitDataset(memory, 10, "order");
  const parts = splitDataset(late, 10, "order");

  it.each<[string, FitOptions]>([
    ["shuffled", {}],
    ["drawn with replacement", { sampling: "replacement", stepsPerEpoch: 9 }],
    ["with class weights and metrics", { classWeight: "balanced", metrics: ["f1"] }],
    ["moved and mixed", { augment: { horizontalFlip: "alternating", randomCrop: 1, mixup: 0.4, cutmix: 1 } }],
    ["with an average of the weights", { averaging: swa({ startEpoch: 1 }) }],
  ])("gives the weights of the same images in memory: %s", async (_, options) => {
    const expected = await trained(memory, options);
    for (const data of [late, atOnce, labelled]) {
      if (options.classWeight !== undefined && data === labelled) continue;
      expect(await trained(data, options)).toEqual(expected);
    }
  });

  it("is validated, evaluated on samples and stopped early alike", async () => {
    const options = (validation: Dataset | StreamedDataset): FitOptions => ({
      epochs: 6,
      validation,
      evaluations: [{ on: "training", every: 4, images: 9 }],
      callbacks: [new EarlyStopping({ patience: 1 })],
    });
    const [one, other] = [await model(), await model()];
    const expected = await one.fit(rest, options(heldOut));
    const got = await other.fit(parts.rest, options(parts.heldOut));
    const figures = ({ epochs, reports, end }: typeof got) => [
      epochs.map(({ valLoss, valAccuracy, trainLoss }) => [valLoss, valAccuracy, trainLoss]),
      reports,
      end,
    ];
    expect(figures(got)).toEqual(figures(expected));
    expect(weightBytes(other)).toEqual(weightBytes(one));
    expect(await other.evaluate(late)).toEqual(await one.evaluate(memory));
  });

  it("is resumed in the middle of an epoch, from memory or not", async () => {
    const expected = await trained(memory, {});
    const first = await model();
    const trainer = first.trainer(late, { epochs: 3 });
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 9) break;
    const checkpoint = readCheckpoint(decodeSafetensors(first.checkpoint(trainer)), "model");
    for (const data of [late, memory, labelled]) {
      const second = await loadModel(checkpoint, { engine: "simd", training: true });
      const resumed = second.trainer(data, { epochs: 3 });
      resumeTrainer(resumed, checkpoint);
      for await (const _ of resumed.run()) {
      }
      expect(weightBytes(second)).toEqual(expected);
    }
  });

  it("says in each step how long it waited", async () => {
    const made = await model();
    for await (const event of made.fitEvents(late)) {
      if (event.event === "step") expect(event.waitSeconds).toBeGreaterThanOrEqual(0);
    }
    for await (const event of made.fitEvents(memory)) {
      if (event.event === "step") expect(event).not.toHaveProperty("waitSeconds");
    }
  });

  it("has parts and statistics of its own, and can be read into memory", async () => {
    expect(await loadDataset(late)).toEqual({ ...memory, name: "streamed" });
    const indices = [4, 2, 2, 30];
    expect((await loadDataset(takeDataset(sliceDataset(late, 5), indices))).images).toEqual(
      takeDataset(sliceDataset(memory, 5), indices).images,
    );
    const [a, b] = [splitStratified(memory, 0.2, 7), splitStratified(late, 0.2, 7)];
    expect((await loadDataset(b.heldOut)).images).toEqual(a.heldOut.images);
    expect(await datasetStatistics(late)).toEqual(datasetStatistics(memory));
    expect(await datasetStatistics(labelled)).toEqual(datasetStatistics(memory));
  });

  it("ends the run with the error of its source, and is told so if it gives something else", async () => {
    const failing = streamed({ length: memory.length, read: () => Promise.reject(new Error("the disk is gone")) });
    await expect(trained(failing, {})).rejects.toThrow("the disk is gone");
    const short = streamed({ length: memory.length, read: () => new Uint8Array(SIZE) });
    await expect(trained(short, {})).rejects.toThrow(/dataset "streamed"/);
    const text = streamed({ length: memory.length, read: () => JSON.parse('"none"') });
    await expect(trained(text, {})).rejects.toThrow(/read: expected pixels as a Uint8Array or a Float32Array/);
  });

  it("needs a source, a number of images, and classes", () => {
    const source = { length: 3, read: rowsOf };
    expect(() => createStreamedDataset({ shape, source })).toThrow(
      /expected labels, targets, or the number of classes/,
    );
    expect(() => createStreamedDataset({ shape, source, length: 4, classes: 2 })).toThrow(/length of 3.*got 4/);
    expect(() => createStreamedDataset({ shape, source: async function* () {}, classes: 2 })).toThrow(/length/);
    expect(() => createStreamedDataset(JSON.parse('{"shape":[1,1,1],"source":5}'))).toThrow(
      /source as \{ length, read/,
    );
  });
});

describe("images from an async iterable", () => {
  it("are trained on in their order, an epoch a pass, also when resumed", async () => {
    const options = { sampling: "sequential", epochs: 3 } as const;
    const expected = await trained(memory, options);
    expect(await trained(batches, options)).toEqual(expected);
    const first = await model();
    const trainer = first.trainer(batches, options);
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 10) break;
    const checkpoint = readCheckpoint(decodeSafetensors(first.checkpoint(trainer)), "model");
    const second = await loadModel(checkpoint, { engine: "simd", training: true });
    const resumed = second.trainer(batches, options);
    resumeTrainer(resumed, checkpoint);
    for await (const _ of resumed.run()) {
    }
    expect(weightBytes(second)).toEqual(expected);
  });

  it("have no random order, and have to be there in each epoch", async () => {
    await expect(trained(batches, {})).rejects.toThrow(/expected sampling "sequential" for "streamed".*got shuffle/);
    const once = (async function* () {
      yield memory.images.subarray(0, 20 * SIZE);
      yield memory.images.subarray(20 * SIZE);
    })();
    const used = streamed(once);
    await expect(trained(used, { sampling: "sequential" })).rejects.toThrow(/a function that gives a new iterable/);
  });
});
