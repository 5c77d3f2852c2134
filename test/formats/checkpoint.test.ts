import { describe, expect, it } from "vitest";
import { readCheckpoint } from "../../src/formats/checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import { barImages, SHAPE } from "../model/networks.ts";
import { changedFile } from "./changed.ts";

async function checkpoint(): Promise<Uint8Array> {
  const model = createModel({
    input: { shape: SHAPE, scale: 1 / 255 },
    layers: [flatten(), dense({ units: 4 })],
    seed: 3,
  });
  await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", engine: "js", batchSize: 8 });
  const trainer = model.trainer(barImages(20), { epochs: 2 });
  await trainer.run().next();
  return model.checkpoint(trainer, { network: "custom" });
}

const read = (file: Uint8Array) => readCheckpoint(decodeSafetensors(file), "model");

describe("a checkpoint's checksum", () => {
  it("tells of every flipped bit in weights and the optimizer's numbers", async () => {
    const file = await checkpoint();
    expect(read(file).training).toBeDefined();
    const begin = 8 + new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    expect(file.length - begin).toBeGreaterThan(1000);
    for (let bit = 8 * begin; bit < 8 * file.length; bit += 101) {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => read(damaged), `bit ${bit}`).toThrow(
        /^model: expected the contents that the file was saved with, got damaged ones, or /,
      );
      await expect(loadModel(damaged, { engine: "js" })).rejects.toThrow("got damaged ones");
    }
  });

  it("no flipped bit of the header goes unnoticed", async () => {
    const file = await checkpoint();
    const begin = 8 + new DataView(file.buffer, file.byteOffset).getUint32(0, true);
    const { model, settings, weights, training } = read(file);
    const expected = JSON.stringify([model, settings, [...weights], training?.state]);
    let told = 0;
    for (let bit = 0; bit < 8 * begin; bit += 37) {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      let got: ReturnType<typeof read> | undefined;
      try {
        got = read(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        told += 1;
      }
      // Spaces at the end of the header say nothing, and the checksum's own name is not needed.
      if (got) {
        expect(JSON.stringify([got.model, got.settings, [...got.weights], got.training?.state]), `bit ${bit}`).toBe(
          expected,
        );
      }
    }
    expect(told).toBeGreaterThan(200);
  });

  it("stays right where another program writes the tensors in another order", async () => {
    const { tensors, metadata } = decodeSafetensors(await checkpoint());
    const other = encodeSafetensors(
      new Map([...tensors].reverse()),
      Object.fromEntries(Object.entries(metadata).reverse()),
    );
    expect(read(other).settings).toEqual(read(await checkpoint()).settings);
  });

  it("is not asked for: files of earlier versions have none", async () => {
    const { tensors, metadata } = decodeSafetensors(await checkpoint());
    expect(metadata.checksum).toMatch(/^crc32:/);
    const old = changedFile(tensors, metadata);
    expect(decodeSafetensors(old).metadata.checksum).toBeUndefined();
    expect([...read(old).weights.keys()]).toEqual(["dense/kernel", "dense/bias"]);
  });
});
