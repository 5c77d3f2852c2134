// Hue, random erasing and RandAugment of training images: what is drawn, and that weights do not depend on threads, source or interruption.

import { describe, expect, it } from "vitest";
import { readAugment } from "../../src/data/augment.ts";
import type { AnyDataset } from "../../src/data/dataset.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import {
  conv2d,
  createDataset,
  createModel,
  createStreamedDataset,
  dense,
  flatten,
  loadModel,
  type Model,
  relu,
  resumeTrainer,
  takeDataset,
} from "../../src/index.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { jitterColours } from "../../src/training/colours.ts";
import { randAugment } from "../../src/training/rand-augment.ts";
import { drawBox, eraseRandomly } from "../../src/training/random-erasing.ts";

const SHAPE = [20, 30, 3] as const;
const SIZE = 20 * 30 * 3;
const GREY = 77.5;

describe("random erasing", () => {
  it("draws boxes of 2 to 33 % with torchvision's ratios, all over the image, in the share of images that is asked for", () => {
    const stream = RandomStream.from(3, "boxes");
    const boxes = Array.from({ length: 4000 }, (_, i) => drawBox([100, 100, 1], stream.child(i)));
    const found = boxes.filter((box) => box !== undefined);
    expect(found.length).toBe(4000);
    const shares = found.map(({ height, width }) => (height * width) / 10_000);
    const ratios = found.map(({ height, width }) => height / width);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // Whole pixels round.
    expect([Math.min(...shares), Math.max(...shares)].map((share) => Math.round(100 * share))).toEqual([2, 33]);
    expect(mean(shares)).toBeCloseTo(0.175, 2);
    expect(Math.min(...ratios)).toBeGreaterThan(0.27);
    expect(Math.max(...ratios)).toBeLessThan(3.7);
    // Uniform in the logarithm.
    expect(mean(ratios.map(Math.log))).toBeCloseTo(0, 1);
    for (const { top, left, height, width } of found) {
      expect(top >= 0 && left >= 0 && top + height <= 100 && left + width <= 100).toBe(true);
    }
    expect(mean(found.map(({ top, height }) => top / (100 - height)))).toBeCloseTo(0.5, 1);
    const images = Array.from({ length: 2000 }, (_, i) => {
      const pixels = new Float32Array(SIZE).fill(GREY);
      eraseRandomly(pixels, 0.25, SHAPE, stream.child(i));
      return pixels;
    });
    const erased = images.filter((pixels) => pixels.some((value) => value !== GREY));
    expect(erased.length / images.length).toBeCloseTo(0.25, 1);
    const bytes = erased.flatMap((pixels) => [...pixels].filter((value) => value !== GREY));
    expect(bytes.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
    expect(mean(bytes)).toBeGreaterThan(126);
    expect(mean(bytes)).toBeLessThan(129);
  });
});

describe("hue", () => {
  it("leaves grey as it is, and the draws of other colours as they were without it", () => {
    const grey = new Float32Array(SIZE).fill(GREY);
    jitterColours(grey, readAugment({ hue: 0.5 }), SHAPE, RandomStream.from(1, "test"));
    expect(grey.every((value) => value === GREY)).toBe(true);
    const one = Float32Array.of(1, 2, 3, 4);
    jitterColours(one, readAugment({ hue: 0.5 }), [2, 2, 1], RandomStream.from(1, "test"));
    expect([...one]).toEqual([1, 2, 3, 4]);
    const coloured = Float32Array.from({ length: SIZE }, (_, i) => (i * 37) % 256);
    const turns = [0, 1, 2].map((seed) => {
      const pixels = coloured.slice();
      jitterColours(pixels, readAugment({ hue: 0.3 }), SHAPE, RandomStream.from(seed, "test"));
      return pixels;
    });
    for (const pixels of turns) {
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(255);
    }
    expect(turns[0]).not.toEqual(turns[1]);
  });
});

describe("RandAugment", () => {
  it("draws all changes alike, and changes nothing at a strength of 0; every strength leaves bytes", () => {
    const image = Float32Array.from({ length: SIZE }, (_, i) => (i * 37 + ((i * i) % 91)) % 256);
    const stream = RandomStream.from(5, "test");
    const none = image.slice();
    randAugment(none, 0, SHAPE, stream);
    expect(none).toEqual(image);
    for (const strength of [0.5, 9, 30]) {
      let same = 0;
      for (let i = 0; i < 300; i++) {
        const pixels = image.slice();
        randAugment(pixels, strength, SHAPE, stream.child(i));
        if (pixels.every((value, at) => value === image[at])) same += 1;
        expect(pixels.every((value) => value >= 0 && value <= 255)).toBe(true);
      }
      // Twice nothing, or what has no effect on this image or at this strength.
      expect(same).toBeLessThan(strength < 1 ? 200 : 60);
    }
  });
});

describe("weights", () => {
  const side = 8;
  const images = Uint8Array.from({ length: 24 * side * side * 3 }, (_, i) => (i * 37 + ((i * i) % 91)) % 256);
  const labels = Uint8Array.from({ length: 24 }, (_, i) => i % 3);
  const data = createDataset({ shape: [side, side, 3], images, labels });
  const augment = { hue: 0.1, randomErasing: 0.5, randAugment: 9, brightness: 0.2, horizontalFlip: true } as const;
  const options = { epochs: 2, augment };

  async function made(threads: number): Promise<Model> {
    const model = createModel({
      input: { shape: [side, side, 3], scale: 1 / 255 },
      layers: [conv2d({ filters: 4, kernelSize: 3 }), relu(), flatten(), dense({ units: 3 })],
      seed: 7,
    });
    await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", engine: "simd", batchSize: 8, threads });
    return model;
  }

  it("are the same from memory, streamed, on two threads, and when resumed; others with another strength", async () => {
    const trained = async (threads: number, of: AnyDataset, more = {}) => {
      const model = await made(threads);
      await model.fit(of, { ...options, augment: { ...augment, ...more } });
      return model.save();
    };
    const streamed = createStreamedDataset({
      shape: data.shape,
      labels,
      source: { length: data.length, read: async (indices) => takeDataset(data, indices).images },
    });
    const first = await trained(1, data);
    expect(await trained(1, streamed)).toEqual(first);
    expect(await trained(2, data)).toEqual(first);
    for (const other of [{ hue: 0.2 }, { randomErasing: 0.6 }, { randAugment: 10 }])
      expect(await trained(1, data, other)).not.toEqual(first);
    const model = await made(1);
    const trainer = model.trainer(data, options);
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 4) break;
    const bytes = model.checkpoint(trainer);
    const later = await loadModel(bytes, { engine: "simd", training: true });
    const resumed = later.trainer(data, options);
    resumeTrainer(resumed, readCheckpoint(decodeSafetensors(bytes), "checkpoint"));
    for await (const _ of resumed.run());
    expect(later.save()).toEqual(first);
  });
});
