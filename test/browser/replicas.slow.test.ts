import { expect, it } from "vitest";
import { digits } from "../../src/data/digits/dataset.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { createModel } from "../../src/training/create-model.ts";
import { adam } from "../../src/training/optimizers.ts";
import { fitShared } from "../worker/replicas/trained.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { libraryFiles } from "./library.ts";
import { startServer } from "./server.ts";
import { workerProcessorTimes } from "./worker-threads.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

const FIT = { epochs: 2, augment: { shift: 1 } };

/** Fingerprint of the same training here. */
async function trainedHere(replicas: number): Promise<string> {
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [
      conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
      maxPooling2d(),
      batchNormalization({ momentum: 0.9 }),
      flatten(),
      dropout({ rate: 0.25 }),
      dense({ units: 10 }),
    ],
  });
  await model.compile({ engine: "simd", optimizer: adam(), loss: "softmaxCrossEntropy", batchSize: 64 });
  await fitShared(model, replicas, digits({ count: 500, seed: 1 }), FIT);
  return weightsSha256(model);
}

describeInChromium("replicas in a page that is not isolated", () => {
  const browser = useChromium();

  it.each([2, 3])("train to the weights that %i in Node do, and the page hears nothing of it", async (replicas) => {
    const server = await startServer({ ...(await libraryFiles()) });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const arguments_ = { replicas, fit: FIT };
    const result = await page.evaluate(async ({ replicas, fit }) => {
      const { adam, batchNormalization, conv2d, createSession, dense, dropout, flatten, maxPooling2d } = convasm;
      const session = await createSession();
      const data = await session.digits({ count: 500, seed: 1 });
      const model = await session.createModel({
        input: { shape: [28, 28, 1], scale: 1 / 255 },
        layers: [
          conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
          maxPooling2d(),
          batchNormalization({ momentum: 0.9 }),
          flatten(),
          dropout({ rate: 0.25 }),
          dense({ units: 10 }),
        ],
      });
      const compile = { engine: "simd", loss: "softmaxCrossEntropy", batchSize: 64, optimizer: adam() } as const;
      const engine = await model.compile({ ...compile, replicas });
      await (await model.fit(data, fit)).finished;
      const sha = await model.weightsSha256();
      session.terminate();
      return { engine, sha };
    }, arguments_);
    expect(result.sha).toBe(await trainedHere(replicas));
    expect(result.engine).toMatchObject({ threads: 1, replicas });
    expect(result.engine.reason).toMatch(
      new RegExp(`^memory cannot be shared here: .*cross-origin isolation; so ${replicas} workers exchange gradients$`),
    );
    expect(noise).toEqual([]);
    await close();
    await server.close();
  });

  it.each([false, true])("are there with auto unless memory can be shared: isolated %s", async (isolated) => {
    const server = await startServer({ isolated, ...(await libraryFiles()) });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const engine = await page.evaluate(async () => {
      const { createSession, findNetwork } = convasm;
      const session = await createSession();
      const layers = findNetwork("torch")?.layers(10) ?? [];
      const model = await session.createModel({ input: { shape: [28, 28, 1] }, layers });
      const compile = { loss: "softmaxCrossEntropy", optimizer: "sgd", batchSize: 128 } as const;
      const engine = await model.compile({ ...compile, threads: "auto", replicas: "auto" });
      session.terminate();
      return { ...engine, cores: Math.min(navigator.hardwareConcurrency, 8) };
    });
    expect(engine).toMatchObject({
      threads: isolated ? engine.cores : 1,
      replicas: isolated ? 1 : engine.cores,
    });
    expect(noise).toEqual([]);
    await close();
    await server.close();
  });

  it("share the work, and come to the accuracy of one worker alone", async () => {
    const server = await startServer({ ...(await libraryFiles()) });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const accuracies: number[] = [];
    for (const replicas of [1, 2]) {
      const accuracy = await page.evaluate(async (replicas) => {
        const { adam, createSession, findNetwork } = convasm;
        const session = await createSession();
        const model = await session.createModel({
          input: { shape: [28, 28, 1], scale: 1 / 255 },
          layers: findNetwork("lenet5")?.layers(10) ?? [],
        });
        await model.compile({
          loss: "softmaxCrossEntropy",
          optimizer: adam({ learningRate: 0.003 }),
          batchSize: 50,
          replicas,
        });
        const data = await session.digits({ count: 4500, seed: 2 });
        const validation = await data.slice(4000, 4500);
        const run = await model.fit(await data.slice(0, 4000), { epochs: 3, validation });
        return (await run.finished).epochs[2].valAccuracy ?? Number.NaN;
      }, replicas);
      accuracies.push(accuracy);
    }
    const [alone, shared] = accuracies;
    expect(alone).toBeGreaterThan(0.9);
    expect(Math.abs(shared - alone)).toBeLessThan(0.02);
    // The sessions still live: the first one's worker, and the second's two.
    const times = workerProcessorTimes();

    if (process.platform === "linux") {
      expect(times.length).toBe(3);
      expect(Math.min(...times)).toBeGreaterThan(Math.max(...times) / 4);
    }
    expect(noise).toEqual([]);
    await close();
    await server.close();
  });
});
