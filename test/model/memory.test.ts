import { describe, expect, it, vi } from "vitest";
import { alignedSize, type Region } from "../../src/engine/plan.ts";
import { Tape } from "../../src/engine/tape.ts";
import type { Network } from "../../src/model/network.ts";
import { adam, sgd } from "../../src/training/optimizers.ts";
import { barImages, compiled, created, stage, weightBytes } from "./networks.ts";

/** A NaN that arithmetic does not make. */
const CANARY = 0x7fc5a5a5;

const BATCH = 6;
const data = barImages(BATCH);
const optimizer = adam({ learningRate: 0.01, clipNorm: 1 });

function wordsOf({ engine: { heap } }: Network): Uint32Array {
  return new Uint32Array(heap.buffer, heap.byteOffset, heap.length);
}

/** Regions as they lie; empty ones before others at the same place. */
function inOrder(network: Network): Region[] {
  return [...network.regions].sort((a, b) => a.offset - b.offset || a.size - b.size);
}

/** Regions whose padding belongs to them: the optimizer runs over parameters and the gaps between them in one loop. */
function paddingIsUsed(kind: string): boolean {
  return kind === "parameters" || kind === "gradients" || kind === "optimizer";
}

/** The elements between the regions and behind the last one. */
function gaps(network: Network): [begin: number, end: number][] {
  const regions = inOrder(network);
  return regions.map(({ kind, offset, size }, i) => {
    const end = regions[i + 1]?.offset ?? network.engine.heap.length;
    return [paddingIsUsed(kind) ? offset + alignedSize(size) : offset + size, end];
  });
}

/** Makes everything NaN that a step should write before it reads it, and all gaps. */
function poison(network: Network): void {
  const words = wordsOf(network);
  for (const [begin, end] of gaps(network)) words.fill(CANARY, begin, end);
  for (const { kind, name, offset, size } of network.regions) {
    const staged = [
      "staged pixels",
      "targets",
      "sample weights",
      "transforms",
      "input scale",
      "input offset",
      "input fill",
    ];
    const keeps = kind === "parameters" || kind === "optimizer" || staged.includes(name);
    if (!keeps) words.fill(CANARY, offset, offset + size);
  }
}

describe("the memory plan of a network", () => {
  it.each([
    ["training", { loss: "softmaxCrossEntropy", optimizer }],
    ["training without moments", { loss: "softmaxCrossEntropy", optimizer: sgd() }],
    ["prediction", {}],
  ] as const)("for %s gives every region its own aligned place in the heap", async (_, options) => {
    const model = created();
    await model.compile({ engine: "simd", batchSize: BATCH, ...options });
    const { network } = model;
    const regions = inOrder(network);
    expect(regions.length).toBeGreaterThan(20);
    let free = 16384;
    for (const { name, offset, size } of regions) {
      expect(offset % 16, name).toBe(0);
      expect(offset, name).toBeGreaterThanOrEqual(free);
      free = offset + size;
    }
    // Kernels may read seven floats past a region.
    expect(network.engine.heap.length).toBeGreaterThanOrEqual(free + 7);
    expect(new Set(regions.map(({ name }) => name)).size).toBe(regions.length);
  });

  it("lays parameters the same way for every batch size and use, so that copies fit", async () => {
    const places = async (batchSize: number) =>
      (await compiled({ batchSize, optimizer })).network.parameters.list.map(({ value }) => value.offset);
    expect(await places(1)).toEqual(await places(50));
  });

  it("is what memory() adds up", async () => {
    const { network } = await compiled({ batchSize: BATCH, optimizer });
    const { bytes, total, batchSize, engine } = network.memory();
    for (const kind of ["parameters", "gradients", "optimizer", "input", "activations", "scratch"] as const) {
      const elements = network.regions
        .filter((region) => region.kind === kind)
        .reduce((sum, { size }) => sum + size, 0);
      expect(bytes[kind], kind).toBe(elements * 4);
    }
    expect(total).toBe(network.engine.heap.buffer.byteLength);
    expect([batchSize, engine]).toEqual([BATCH, "simd"]);
  });

  it.each(["simd", "js"] as const)("is known before there is any, on %s", async (engine) => {
    for (const options of [{ optimizer }, {}]) {
      const whole = { engine, batchSize: BATCH, loss: "softmaxCrossEntropy", ...options } as const;
      const model = created();
      const planned = model.planMemory(whole);
      expect(model.describe().memory).toBeUndefined();
      await model.compile(whole);
      expect(model.network.memory()).toEqual(planned);
    }
    expect(() => created().planMemory({ optimizer })).toThrow(TypeError);
  });

  it("is smaller for a network that only predicts", async () => {
    const training = (await compiled({ batchSize: BATCH, optimizer })).network.memory().bytes;
    const model = created();
    await model.compile({ engine: "simd", batchSize: BATCH });
    const { bytes } = model.network.memory();
    expect([bytes.gradients, bytes.optimizer]).toEqual([0, 0]);
    expect(bytes.activations).toBeLessThan(0.6 * training.activations);
    expect(bytes.parameters).toBe(training.parameters);
  });
});

describe.each(["simd", "js"] as const)("a step on %s", (engine) => {
  it.each([
    ["all layers trained", []],
    ["some frozen", ["second", "norm", "block"]],
  ] as const)(
    "reads nothing that it did not write, and writes nothing outside its regions, with %s",
    async (_, parts) => {
      const make = async () => {
        const model = created();
        for (const part of parts) model.freeze(part);
        await model.compile({ engine, batchSize: BATCH, optimizer, loss: "softmaxCrossEntropy" });
        return model;
      };
      const [clean, poisoned] = [await make(), await make()];
      const low = wordsOf(poisoned.network).slice(0, 16384);
      for (let step = 1; step <= 3; step++) {
        const n = step === 2 ? 4 : BATCH;
        stage(clean, data, n);
        stage(poisoned, data, n);
        poison(poisoned.network);
        for (const { network } of [clean, poisoned]) {
          network.transforms.set(Array.from({ length: n }, () => [1, 0.1, -0.5, 0, 1, 0.25, 1, 1, 3, 3]).flat());
          network.trainStep(n, step, 0.01, true);
        }
        expect(Array.from(poisoned.network.results(n).losses)).toEqual(Array.from(clean.network.results(n).losses));
        expect(weightBytes(poisoned)).toEqual(weightBytes(clean));
        const words = wordsOf(poisoned.network);
        for (const [begin, end] of gaps(poisoned.network)) {
          expect(words.subarray(begin, end).every((word) => word === CANARY)).toBe(true);
        }
        expect(words.slice(0, 16384)).toEqual(low);

        poison(poisoned.network);
        for (const { network } of [clean, poisoned]) {
          network.parametersChanged();
          network.evaluate(n, "inference", true);
        }
        expect(Array.from(poisoned.network.predictions(n))).toEqual(Array.from(clean.network.predictions(n)));
      }
      // What pads parameters, gradients and moments stays zero, as the gradient's norm sums over it.
      for (const { kind, name, offset, size } of clean.network.regions) {
        if (!paddingIsUsed(kind)) continue;
        const padding = clean.network.view(offset + size, alignedSize(size) - size);
        expect(
          Array.from(padding).every((value) => value === 0),
          name,
        ).toBe(true);
      }
    },
  );
});

describe("training", () => {
  it("allocates nothing after the first steps: the heap stays, and no operation is recorded again", async () => {
    const model = await compiled({ batchSize: BATCH, optimizer });
    const train = barImages(BATCH + 2);
    await model.fit(train, { validation: data });
    const { heap } = model.network.engine;
    const { buffer } = heap;
    const add = vi.spyOn(Tape.prototype, "add");
    await model.fit(train, { validation: data, epochs: 3 });
    expect(add).not.toHaveBeenCalled();
    add.mockRestore();
    expect(model.network.engine.heap).toBe(heap);
    expect(heap.buffer).toBe(buffer);
  });

  it("of a part of the batch is that of a network planned for the part", async () => {
    const large = await compiled({ batchSize: BATCH, optimizer });
    stage(large, data);
    large.network.trainStep(BATCH, 1, 0.01, false);

    const small = await compiled({ batchSize: 4, optimizer });
    const end = (network: Network) =>
      Math.min(...network.regions.filter(({ kind }) => kind === "input").map(({ offset }) => offset));
    expect(end(small.network)).toBe(end(large.network));
    // Parameters, gradients and moments.
    small.network.engine.heap.set(large.network.engine.heap.subarray(16384, end(large.network)), 16384);

    for (const model of [large, small]) {
      stage(model, data, 4);
      model.network.trainStep(4, 2, 0.01, false);
    }
    expect(Array.from(small.network.results(4).losses)).toEqual(Array.from(large.network.results(4).losses));
    expect(weightBytes(small)).toEqual(weightBytes(large));
  });

  it("works with one image at a time", async () => {
    const [single, large] = [await compiled({ batchSize: 1, optimizer }), await compiled({ batchSize: 5, optimizer })];
    for (let step = 1; step <= 3; step++) {
      for (const { network } of [single, large]) {
        network.stageImages(data.images, 1, step);
        network.stageTargets(data, 1, step);
        network.trainStep(1, step, 0.01, false);
      }
      expect(single.network.results(1).losses[0]).toBe(large.network.results(1).losses[0]);
    }
    expect(weightBytes(single)).toEqual(weightBytes(large));
    expect((await single.evaluate(data)).images).toBe(BATCH);
  });

  it("predicts each image the same in any batch", async () => {
    const one = await (await compiled({ batchSize: 1 })).predict(data.images);
    for (const batchSize of [2, 4, 6, 9]) {
      expect(await (await compiled({ batchSize })).predict(data.images)).toEqual(one);
    }
  });
});
