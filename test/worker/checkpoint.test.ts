import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { loadIdxFolder } from "../../src/node/mnist.ts";
import { adam } from "../../src/training/optimizers.ts";
import { cosine } from "../../src/training/schedules.ts";
import type { RemoteFitOptions } from "../../src/worker/contract.ts";
import type { RemoteDataset } from "../../src/worker/remote-dataset.ts";
import type { RemoteModel } from "../../src/worker/remote-model.ts";
import type { Session } from "../../src/worker/session.ts";
import { convasmHere } from "../cli/in-process.ts";
import { temporaryFolder } from "../cli/process.ts";
import { TRAIN_IMAGES, TRAIN_LABELS, writeSmallData } from "../cli/small-data.ts";
import { session } from "./sessions.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  writeSmallData(join(cwd, "small"), 600, 100);
});
afterAll(remove);

const FIT: RemoteFitOptions = {
  epochs: 4,
  schedule: cosine(),
  augment: { shift: 2, rotate: 10 },
  averageEvery: 3,
  averaging: { type: "ema", decay: 0.9 },
  earlyStopping: { patience: 2 },
  reduceOnPlateau: { patience: 1 },
};

async function newModel(made: Session): Promise<RemoteModel> {
  const layers = [
    conv2d({ filters: 4, kernelSize: 5, activation: "relu" }),
    maxPooling2d(),
    flatten(),
    dropout({ rate: 0.2 }),
    dense({ units: 10 }),
  ];
  const model = await made.createModel({ input: { shape: [28, 28, 1], scale: 1 / 255 }, layers, seed: 3 });
  const optimizer = adam({ learningRate: 0.01 });
  await model.compile({ engine: "simd", optimizer, loss: "softmaxCrossEntropy", batchSize: 50 });
  return model;
}

const DRAWN = "files of which images are drawn";

/** 500 images to train on and the 100 after them for validation, from where the source says; or drawn from all. */
async function split(all: RemoteDataset, name = ""): Promise<[train: RemoteDataset, validation: RemoteDataset]> {
  if (name === DRAWN) {
    const { rest, heldOut } = await (await all.split(550, "classes")).heldOut.split(100, "classes");
    return [rest, heldOut];
  }
  return [await all.slice(0, 500), await all.slice(500, 600)];
}

async function dropped(made: Session): Promise<RemoteDataset> {
  const files = [TRAIN_IMAGES, TRAIN_LABELS].map((name) => ({ name, bytes: readFileSync(join(cwd, "small", name)) }));
  const { train } = await made.readData(files);
  if (train === undefined) throw new Error("readData: expected images");
  return train;
}

const SOURCES = {
  "generated digits": (made: Session) => made.digits({ count: 600, seed: 0 }),
  "files that were dropped": dropped,
  [DRAWN]: dropped,
  async "images of the page's own"(made: Session) {
    const { train } = await loadIdxFolder(join(cwd, "small"));
    return made.addDataset(train);
  },
};

describe.each(Object.entries(SOURCES))("a run in a worker on %s", (name, source) => {
  it("goes on in the command line, and from there in a worker again, to the same weights", async () => {
    const made = await session();
    const [train, validation] = await split(await source(made), name);
    const whole = await newModel(made);
    const run = await whole.fit(train, { ...FIT, validation });
    const { epochs } = await run.finished;

    const model = await newModel(made);
    const cut = await model.fit(train, { ...FIT, validation, paused: true });
    for (let step = 0; step < 13; step++) await cut.step();
    const out = join(cwd, name);
    mkdirSync(out);
    writeFileSync(join(out, "download.safetensors"), await cut.checkpoint({ network: "mine" }));

    // Cut once more, after an epoch in the command line.
    const data = name === "generated digits" ? [] : ["--data", "small"];
    const words = ["train", "--json", "--threads", "1", "--resume", join(name, "download.safetensors"), ...data];
    let seen = false;
    const second = await convasmHere(words, {
      cwd,
      onOutput(text, interrupt) {
        if (seen || !text.includes('"event":"epoch"')) return;
        seen = true;
        interrupt();
      },
    });
    expect(second.code, second.stderr).toBe(130);
    expect(second.event("start")).toMatchObject({ network: "mine", resumedAtStep: 13, engine: "simd" });
    const bytes = readFileSync(join(out, "checkpoint.safetensors"));

    const back = await made.loadModel(bytes, { training: true, engine: "simd" });
    const rest = await back.fit(train, { validation, checkpoint: bytes });
    const history = await rest.finished;
    expect(history.end).toEqual((await run.finished).end);
    expect(history.epochs.map(({ trainLoss, valLoss, lr }) => [trainLoss, valLoss, lr])).toEqual(
      epochs.map(({ trainLoss, valLoss, lr }) => [trainLoss, valLoss, lr]),
    );
    expect(await back.weightsSha256()).toBe(await whole.weightsSha256());

    const done = join(name, "a new folder");
    const third = await convasmHere(["train", "--json", "--resume", name, "--out", done, ...data], { cwd });
    expect(third.code, third.stderr).toBe(0);
    expect(existsSync(join(cwd, done, "model.safetensors"))).toBe(true);
    expect(third.event("done").weightsSha256).toBe(await whole.weightsSha256());
  });
});

describe("a checkpoint in a worker", () => {
  it("goes on with no other images, no other model, and from no finished one", async () => {
    const made = await session();
    const all = await made.digits({ count: 600 });
    const [train, validation] = await split(all);
    const model = await newModel(made);
    const run = await model.fit(train, { ...FIT, validation, paused: true });
    await run.step();
    const checkpoint = await run.checkpoint();
    const file = await model.save();
    const loaded = await made.loadModel(checkpoint, { training: true, engine: "simd" });
    const others = /^fit: expected the images that the checkpoint's run began with, got others: 500 of digits and 100/;
    await expect(loaded.fit(await all.slice(50, 550), { validation, checkpoint })).rejects.toThrow(others);
    await expect(loaded.fit(train, { validation: train, checkpoint })).rejects.toThrow(/got others: 500 of/);
    await expect(loaded.fit(train, { validation, checkpoint: file })).rejects.toThrow(/got a finished model/);
    await expect(loaded.fit(train, { validation, checkpoint: checkpoint.subarray(9) })).rejects.toThrow(RangeError);
    await run.stop();
    const second = await model.fit(train, { paused: true });
    await expect(run.checkpoint()).rejects.toThrow(/dispose|latest run/);
    await second.stop();
    const again = await loaded.fit(train, { validation, checkpoint });
    expect((await again.finished).epochs.length).toBeGreaterThan(0);
  });
});
