import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { adam, sgd } from "../../src/training/optimizers.ts";
import { oneCycle } from "../../src/training/schedules.ts";
import { barImages, compiled, weightBytes } from "../model/networks.ts";

const data = barImages(50);

/**
 * Weights after twelve steps with everything that rounds or draws: all kinds of layers, dropout, augmentation, a clipped
 * norm, moments, a schedule.
 */
async function train(seed: number, engine: "simd" | "js" = "simd"): Promise<Uint8Array> {
  const optimizer = adam({ learningRate: 0.02, clipNorm: 1, weightDecay: 0.01 });
  const model = await compiled({ engine, batchSize: 14, optimizer, seed });
  await model.fit(data, {
    epochs: 3,
    schedule: oneCycle(),
    augment: { shift: 1, rotate: 10, scale: 0.1, shear: 5, horizontalFlip: true, randomCrop: 1, cutout: 2 },
  });
  return weightBytes(model);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("training from a seed", () => {
  it("gives these weights, bit for bit, with the simd engine on every machine and every Node", async () => {
    // A change to the order of a sum or to a function of a kernel may change this value (the last one: GELU); nothing else should.
    expect(sha256(await train(1))).toBe("11c71f9080a103947a9ef22aa5268995829379cf4fa2bebec2a3b3e5703fd828");
  });

  it.each(["simd", "js"] as const)("gives the same weights again on %s", async (engine) => {
    expect(await train(3, engine)).toEqual(await train(3, engine));
  });

  it("gives other weights from another seed", async () => {
    const hashes = await Promise.all([1, 2, 2 ** 40].map(async (seed) => sha256(await train(seed))));
    expect(new Set(hashes).size).toBe(3);
  });

  it("starts with weights that depend on the seed and the names alone", async () => {
    const start = async (seed: number, batchSize: number, engine: "simd" | "js") =>
      weightBytes(await compiled({ seed, batchSize, engine, optimizer: sgd() }));
    expect(await start(5, 3, "js")).toEqual(await start(5, 20, "simd"));
    expect(await start(5, 3, "js")).not.toEqual(await start(6, 3, "js"));
  });

  it("takes another order in each epoch and each seed, and every image once", async () => {
    const orders = async (seed: number, shuffle: boolean) => {
      const model = await compiled({ batchSize: 1, optimizer: sgd(), seed });
      const { network } = model;
      const seen: number[] = [];
      const stageTargets = network.stageTargets.bind(network);
      network.stageTargets = (images, n, begin, indices) => {
        seen.push(indices === undefined ? begin : indices[begin]);
        stageTargets(images, n, begin, indices);
      };
      await model.fit(barImages(12), { epochs: 2, shuffle });
      return [seen.slice(0, 12), seen.slice(12)];
    };
    const straight = Array.from({ length: 12 }, (_, i) => i);
    expect(await orders(1, false)).toEqual([straight, straight]);
    const shuffled = [...(await orders(1, true)), ...(await orders(2, true))];
    for (const order of shuffled) expect([...order].sort((a, b) => a - b)).toEqual(straight);
    expect(new Set([straight, ...shuffled].map(String)).size).toBe(5);
    expect(await orders(1, true)).toEqual(shuffled.slice(0, 2));
  });

  it("drops other elements in each step and each layer", async () => {
    const layers = [flatten(), dropout({ rate: 0.5 }), dropout({ rate: 0.5 }), dense({ units: 3 })];
    const model = await compiled({ layers, batchSize: 4 });
    const keys = () =>
      model.network.regions
        .filter(({ name }) => name.startsWith("random key"))
        .map(({ offset }) => String(Array.from(model.network.view(offset, 4))));
    const seen = new Set<string>();
    for await (const event of model.fitEvents(barImages(20))) {
      if (event.event === "step") for (const key of keys()) seen.add(key);
    }
    expect(seen.size).toBe(2 * 5);
  });
});
