import { expect, it } from "vitest";
import { digits } from "../../src/data/digits/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { createModel } from "../../src/training/create-model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { libraryFiles } from "./library.ts";
import { startServer } from "./server.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

/** Fingerprint of the same training here. */
async function trainedHere(): Promise<string> {
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [
      conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
      maxPooling2d(),
      flatten(),
      dense({ units: 10 }),
    ],
  });
  const optimizer = sgd({ learningRate: 0.1 });
  await model.compile({ engine: "simd", optimizer, loss: "softmaxCrossEntropy", batchSize: 32 });
  await model.fit(digits({ count: 500, seed: 1 }), { epochs: 2 });
  return weightsSha256(model);
}

describeInChromium("a session in a page", () => {
  const browser = useChromium();

  it.each([
    [true, 1],
    [true, 2],
    [false, 2],
  ])("trains to the weights that Node does, isolated: %s, with %i threads", async (isolated, threads) => {
    const server = await startServer({ isolated, ...(await libraryFiles()) });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const result = await page.evaluate(async (threads) => {
      const { createSession, conv2d, dense, flatten, maxPooling2d, sgd } = convasm;
      const session = await createSession();
      const data = await session.digits({ count: 500, seed: 1 });
      const model = await session.createModel({
        input: { shape: [28, 28, 1], scale: 1 / 255 },
        layers: [
          conv2d({ filters: 8, kernelSize: 5, activation: "relu" }),
          maxPooling2d(),
          flatten(),
          dense({ units: 10 }),
        ],
      });
      const optimizer = sgd({ learningRate: 0.1 });
      const compile = { engine: "simd", loss: "softmaxCrossEntropy", batchSize: 32 } as const;
      const engine = await model.compile({ ...compile, optimizer, threads });
      const run = await model.fit(data, { epochs: 2 });
      const events = [];
      for await (const { event } of run) events.push(event);
      const sha = await model.weightsSha256();
      session.terminate();
      return { engine, sha, events };
    }, threads);
    expect(result.sha).toBe(await trainedHere());
    expect(result.engine.threads).toBe(isolated ? threads : 1);
    expect(result.engine.reason ?? "").toMatch(isolated ? /^$/ : /cross-origin isolation/);
    const epoch = [...new Array<string>(16).fill("step"), "epoch"];
    expect(result.events).toEqual([...epoch, ...epoch]);
    expect(noise).toEqual([]);
    await close();
    await server.close();
  });

  it("hears of a worker that ends without a word, fails with what its script cannot do, and ends when told", async () => {
    const server = await startServer({ isolated: true, ...(await libraryFiles()) });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const losses = page.evaluate(async () => {
      const { createSession, dense, flatten } = convasm;
      const losses: string[] = [];
      const session = await createSession({ onLost: (reason) => losses.push(reason) });
      const data = await session.digits({ count: 100 });
      const model = await session.createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
      await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", threads: 2 });
      const run = await model.fit(data, { paused: true });
      const ends = [run.finished, run.step().then(() => run.finished)];
      document.title = "waiting";
      for (const end of ends) await end.catch(({ message }) => losses.push(message));
      return losses;
    });
    await page.waitForFunction(() => document.title === "waiting");
    const [worker] = page.workers();
    await worker.evaluate(() => self.close());
    const text =
      "session: the worker is lost: it ended without a word; models in it are gone, begin a new session with what was saved";
    expect(await losses).toEqual([text, text, text]);

    const memory = await page.evaluate(async () => {
      const { createSession, dense, flatten } = convasm;
      const session = await createSession();
      const model = await session.createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
      const compile = { optimizer: "sgd", loss: "softmaxCrossEntropy", batchSize: 2 ** 20 } as const;
      const failure = await model.compile(compile).catch((error) => [error instanceof RangeError, error.message]);
      session.terminate();
      return failure;
    });
    expect(memory).toEqual([true, expect.stringMatching(/^engine: expected a model that fits into 4 GiB/)]);
    // Chromium gives a worker whose threads sleep two seconds.
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
    expect(noise).toEqual([]);
    await close();
    await server.close();
  });
});
