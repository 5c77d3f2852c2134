import { expect, it } from "vitest";
import { digits } from "../../src/data/digits/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { createModel } from "../../src/training/model.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { libraryFiles } from "./library.ts";
import { startServer } from "./server.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

/** What the page trains, here. */
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
  await model.compile({ gear: "simd", optimizer, loss: "softmaxCrossEntropy", batchSize: 32 });
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
      const compile = { gear: "simd", loss: "softmaxCrossEntropy", batchSize: 32 } as const;
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
});
