import { describe, expect, it } from "vitest";
import { weightsSha256 } from "../../../src/node/weights-hash.ts";
import { adam } from "../../../src/training/optimizers.ts";
import { compiled } from "../../model/networks.ts";
import { compiledIn, DATA, session } from "../sessions.ts";
import { fitShared } from "./trained.ts";

const COMPILE = { batchSize: 16, optimizer: adam({ learningRate: 0.01 }) };
const FIT = { epochs: 3, augment: { shift: 1 } };

async function trainedHere(replicas: number): Promise<string> {
  const model = await compiled(COMPILE);
  await fitShared(model, replicas, DATA, FIT);
  return weightsSha256(model);
}

describe("a model in a worker, with replicas in others", () => {
  it("trains to the weights of the same replicas without a session, whatever is asked in between", async () => {
    const made = await session();
    const model = await compiledIn(made, { ...COMPILE, replicas: 3 });
    expect(model.engine).toMatchObject({ threads: 1, replicas: 3 });
    expect(model.engine?.reason).toBe("3 workers exchange gradients; threads would be faster");
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, FIT);
    let asked = 0;
    for await (const { event } of run) {
      if (event !== "step" || asked++ > 5) continue;
      await model.activations(DATA.images.subarray(0, 126));
      await model.predict(DATA.images.subarray(0, 126 * 4));
      await model.getGradient("out/bias");
    }
    const sha = await trainedHere(3);
    expect(await model.weightsSha256()).toBe(sha);

    // Compiling anew ends the replicas and starts others; weights stay.
    expect(await model.compile({ ...COMPILE, loss: "softmaxCrossEntropy", engine: "simd", replicas: 2 })).toMatchObject(
      {
        replicas: 2,
      },
    );
    expect(await model.weightsSha256()).toBe(sha);
    await (await model.fit(data)).finished;
    await model.dispose();
  });

  it("pauses between two steps, and its checkpoint goes on with replicas again", async () => {
    const made = await session();
    const model = await compiledIn(made, { ...COMPILE, replicas: 2 });
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, { ...FIT, paused: true });
    for (let i = 0; i < 7; i++) await run.step();
    const checkpoint = await run.checkpoint();
    await run.stop();
    const second = await made.loadModel(checkpoint, { engine: "simd", training: true, replicas: 2 });
    expect(second.engine?.replicas).toBe(2);
    await (await second.fit(data, { ...FIT, checkpoint })).finished;
    expect(await second.weightsSha256()).toBe(await trainedHere(2));
  });

  it("has one replica unless said, and with auto where memory can be shared", async () => {
    const made = await session();
    const model = await compiledIn(made);
    expect(model.engine).toMatchObject({ replicas: 1, reason: undefined });
    const compile = { ...COMPILE, loss: "softmaxCrossEntropy" } as const;
    expect(await model.compile({ ...compile, replicas: "auto" })).toMatchObject({ replicas: 1, threads: 1 });
    expect(await model.compile({ ...compile, replicas: "auto", threads: 2 })).toMatchObject({
      replicas: 1,
      threads: 2,
    });
  });

  it("refuses what cannot be", async () => {
    const made = await session();
    const model = await compiledIn(made);
    const compile = { ...COMPILE, loss: "softmaxCrossEntropy" } as const;
    await expect(model.compile({ ...compile, replicas: 0 })).rejects.toThrow(
      new RangeError("replicas: expected auto or a whole number from 1 to 64, got 0"),
    );
    await expect(model.compile({ ...compile, replicas: 2, threads: 2 })).rejects.toThrow(
      new RangeError("replicas: expected 1 or auto beside 2 threads, got 2"),
    );
    await expect(model.compile({ replicas: 2 })).rejects.toThrow(
      new TypeError("replicas: expected a model compiled with a loss and an optimizer, got none"),
    );
    // It is compiled all the same, without replicas.
    expect(model.engine?.replicas).toBe(1);
  });
});
