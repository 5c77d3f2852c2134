import { describe, expect, it } from "vitest";
import { readAugment } from "../../src/data/augment.ts";
import { createDataset, imageSize } from "../../src/data/dataset.ts";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { symmetricBeta } from "../../src/numeric/beta.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { ImageWeights } from "../../src/training/image-weights.ts";
import { loadModel, resumeTrainer } from "../../src/training/load-model.ts";
import { mixedBatch, mixImages } from "../../src/training/mixing.ts";
import { barImages, CLASSES, compiled, weightBytes, withTargets } from "../model/networks.ts";

const data = barImages(22, 3);
const size = imageSize(data);
const indices = Uint32Array.of(3, 9, 1, 20, 7);
const place = { seed: 5, step: 2, indices };
const always = () => true;

describe("the beta distribution", () => {
  it.each([0.01, 0.2, 0.5, 1, 2, 8])("of (%d, itself) has its mean and its variance", (alpha) => {
    const draws = Array.from({ length: 4000 }, (_, i) => symmetricBeta(alpha, RandomStream.from(1, "beta").child(i)));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - 0.5) ** 2, 0) / draws.length;
    expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
    const wanted = 1 / (4 * (2 * alpha + 1));
    // Five deviations of the mean, and of a variance whose terms are at most 1/4.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(wanted / draws.length));
    expect(Math.abs(variance - wanted)).toBeLessThan(5 * Math.sqrt(wanted / 4 / draws.length));
  });
});

describe("images of a batch", () => {
  it("are blended with others, each by a share of its own, and so are their targets", async () => {
    const { network } = await compiled({ batchSize: 5 });
    const augment = readAugment({ mixup: 0.4 });
    const { pixels, partners, shares } = mixImages(augment, data, place, always);
    expect([...partners].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(shares).size).toBe(5);
    const weights = new ImageWeights(data, network, undefined, true);
    const batch = mixedBatch(augment, data, weights, place);
    expect(batch.data.images).toEqual(pixels);
    for (let i = 0; i < 5; i++) {
      expect(shares[i]).toBeGreaterThanOrEqual(0.5);
      const [own, other] = [indices[i], indices[partners[i]]];
      for (const p of [0, 17, size - 1]) {
        const blend = shares[i] * data.images[own * size + p] + (1 - shares[i]) * data.images[other * size + p];
        expect(pixels[i * size + p]).toBe(Math.fround(blend));
      }
      const row = new Float64Array(CLASSES);
      row[data.labels?.[own] ?? 0] += shares[i];
      row[data.labels?.[other] ?? 0] += 1 - shares[i];
      const found = batch.softTargets?.subarray(i * CLASSES, (i + 1) * CLASSES) ?? [];
      row.forEach((share, c) => {
        expect(found[c]).toBeCloseTo(share, 12);
      });
      expect(batch.data.labels?.[i]).toBe(data.labels?.[own]);
    }
  });

  it("get boxes of others, whose area says how targets are mixed", async () => {
    const bytes = createDataset({ ...data, images: Uint8Array.from(data.images, (_, i) => Math.floor(i / size)) });
    const { pixels, partners, shares } = mixImages(readAugment({ cutmix: 1 }), bytes, place, always);
    expect(pixels).toBeInstanceOf(Uint8Array);
    expect(shares.some((share) => share < 1)).toBe(true);
    const values = withTargets(bytes, 2);
    const { network } = await compiled({ batchSize: 5, loss: "meanSquaredError" });
    const batch = mixedBatch(
      readAugment({ cutmix: 1 }),
      values,
      new ImageWeights(values, network, undefined, true),
      place,
    );
    for (let i = 0; i < 5; i++) {
      const row = pixels.subarray(i * size, (i + 1) * size);
      const [own, other] = [indices[i], indices[partners[i]]];
      const kept = row.filter((value) => value === own).length / size;
      expect(row.every((value) => value === own || value === other)).toBe(true);
      if (own !== other) expect(shares[i]).toBeCloseTo(kept, 12);
      for (const c of [0, 1]) {
        const [mine, theirs] = [own, other].map((index) => values.targets?.[2 * index + c] ?? Number.NaN);
        expect(batch.data.targets?.[2 * i + c]).toBeCloseTo(shares[i] * mine + (1 - shares[i]) * theirs, 6);
      }
    }
  });

  it("that a loss ignores are not mixed, nor others with them", () => {
    const { pixels, partners, shares } = mixImages(readAugment({ mixup: 1 }), data, place, (i) => i !== 2);
    for (const i of [2, partners.indexOf(2)]) {
      expect(shares[i]).toBe(1);
      expect([...pixels.subarray(i * size, (i + 1) * size)]).toEqual([
        ...data.images.subarray(indices[i] * size, (indices[i] + 1) * size),
      ]);
    }
  });
});

describe("a run with mixed images", () => {
  const fit: FitOptions = { epochs: 2, augment: { mixup: 0.2, cutmix: 1, shift: 1 }, classWeight: "balanced" };
  const made = { batchSize: 6, optimizer: "adam", loss: "softmaxCrossEntropy" } as const;

  it("ends with the same bits on two threads, and after a stop in between", async () => {
    const whole = await compiled(made);
    await whole.fit(data, fit);
    const threaded = await compiled({ ...made, threads: 2 });
    await threaded.fit(data, fit);
    expect(weightBytes(threaded)).toEqual(weightBytes(whole));
    threaded.dispose();

    const stopped = await compiled(made);
    const trainer = stopped.trainer(data, fit);
    for await (const event of trainer.run()) if (event.event === "step" && event.step === 5) break;
    const bytes = stopped.checkpoint(trainer);
    const later = await loadModel(bytes, { engine: "simd", training: true });
    const resumed = later.trainer(data, fit);
    resumeTrainer(resumed, readCheckpoint(decodeSafetensors(bytes), "checkpoint"));
    for await (const _ of resumed.run());
    expect(weightBytes(later)).toEqual(weightBytes(whole));
    const plain = await compiled(made);
    await plain.fit(data, { ...fit, augment: { shift: 1 } });
    expect(weightBytes(plain)).not.toEqual(weightBytes(whole));
  });

  it("is refused for a loss that takes one class", async () => {
    const model = await compiled({ loss: "categoricalFocalCrossentropy" });
    await expect(model.fit(data, fit)).rejects.toThrow(
      "fit: expected a loss that takes a share of each class for mixup and cutmix, such as softmaxCrossEntropy, got categoricalFocalCrossentropy",
    );
  });
});
