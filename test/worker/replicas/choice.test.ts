import { afterEach, describe, expect, it, vi } from "vitest";
import { dense } from "../../../src/layers/dense.ts";
import { flatten } from "../../../src/layers/flatten.ts";
import { findNetwork } from "../../../src/recipes/index.ts";
import type { CompileOptions } from "../../../src/training/compile-options.ts";
import { createModel } from "../../../src/training/create-model.ts";
import { chooseReplicas } from "../../../src/worker/replicas/choice.ts";
import { withThreads } from "../../engine/threads/sources.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A network on paper would do, but only compiled ones know their engine. */
async function network(name: string, options: CompileOptions) {
  const recipe = findNetwork(name);
  const layers = recipe?.layers(10) ?? [flatten(), dense({ units: 10 })];
  const model = createModel({ input: { shape: [28, 28, 1] }, layers });
  await model.compile({ engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy", ...options });
  return model.network;
}

/** The number of replicas of `auto` where memory cannot be shared. */
async function auto(cores: number, name: string, options: CompileOptions) {
  const compiled = await network(name, options);
  vi.stubGlobal("SharedArrayBuffer", undefined);
  return withThreads({ cores: () => cores }, async () => chooseReplicas("auto", compiled));
}

describe("the number of replicas with auto", () => {
  it("is that of the cores, up to 8, where a step takes long", async () => {
    const reason =
      /^memory cannot be shared here: in a page, that takes cross-origin isolation; so \d workers exchange gradients$/;
    for (const [cores, replicas] of [
      [2, 2],
      [4, 4],
      [64, 8],
    ]) {
      expect(await auto(cores, "torch", { batchSize: 128 })).toEqual({
        replicas,
        reason: expect.stringMatching(reason),
      });
    }
  });

  it("is one on one core, and where messages would take longer than the step", async () => {
    const alone = { replicas: 1, reason: "memory cannot be shared here: in a page, that takes cross-origin isolation" };
    expect(await auto(1, "keras", { batchSize: 128 })).toEqual(alone);
    expect(await auto(8, "keras", { batchSize: 1 })).toEqual(alone);
    expect(await auto(8, "none", { batchSize: 32 })).toEqual(alone);
    expect(await auto(2, "conv8", { batchSize: 80 })).toEqual(alone);
  });

  it("leaves each two images, and 16 where they are normalised by their own statistics", async () => {
    expect((await auto(8, "torch", { batchSize: 6, engine: "js" })).replicas).toBe(3);
    expect((await auto(8, "resnet8", { batchSize: 47 })).replicas).toBe(2);
    expect((await auto(8, "resnet8", { batchSize: 31 })).replicas).toBe(1);
  });

  it("is more in plain JavaScript, which is slower", async () => {
    expect((await auto(8, "conv8", { batchSize: 8 })).replicas).toBe(1);
    expect((await auto(8, "conv8", { batchSize: 8, engine: "js" })).replicas).toBeGreaterThan(1);
  });

  it("is one for a model that is not trained, or in float64", async () => {
    const recipe = findNetwork("keras");
    const model = createModel({ input: { shape: [28, 28, 1] }, layers: recipe?.layers(10) ?? [] });
    await model.compile({ batchSize: 128 });
    const exact = await network("keras", { batchSize: 16, engine: "js", precision: "float64" });
    vi.stubGlobal("SharedArrayBuffer", undefined);
    await withThreads({ cores: () => 8 }, async () => {
      expect(chooseReplicas("auto", model.network).replicas).toBe(1);
      expect(chooseReplicas("auto", exact).replicas).toBe(1);
    });
  });
});

describe("a number of replicas", () => {
  it.each([0, -1, 65, 1.5, Number.NaN])("is refused where it is %d", async (replicas) => {
    const compiled = await network("none", {});
    expect(() => chooseReplicas(replicas, compiled)).toThrow(
      new RangeError(`replicas: expected auto or a whole number from 1 to 64, got ${replicas}`),
    );
  });

  it("is refused where it is no number", async () => {
    const compiled = await network("none", {});
    expect(() => chooseReplicas(JSON.parse('"two"'), compiled)).toThrow(
      new TypeError("replicas: expected a number or auto, got string"),
    );
  });
});
