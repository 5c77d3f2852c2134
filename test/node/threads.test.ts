import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Tape } from "../../src/engine/tape.ts";
import { barImages, compiled, weightBytes } from "../model/networks.ts";

const data = barImages(12);
const entry = new URL("../../dist/node/convasm.js", import.meta.url).href;

/** Runs a program that ends by itself, or is ended after a minute. */
function run(code: string) {
  const args = ["--input-type=module", "-e", code];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  return { status, stdout, stderr };
}

const TRAINED = `
  const { conv2d, createModel, dense, digits, flatten } = await import(${JSON.stringify(entry)});
  const model = createModel({ input: [28, 28, 1], layers: [conv2d({ filters: 4, kernelSize: 3 }), flatten(), dense({ units: 10 })] });
  const train = digits({ count: 64, seed: 1 });
  const options = { engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy" };
`;

describe("threads in Node", () => {
  it("keep no program running", () => {
    const ends = run(`${TRAINED}
      await model.compile({ ...options, threads: 3 });
      await model.fit(train);
      console.log(model.network.engine.threads);`);
    expect(ends).toEqual({ status: 0, stdout: "3\n", stderr: "" });
  });

  it("end with the program, also where they are in use", () => {
    const ends = run(`${TRAINED}
      await model.compile({ ...options, threads: "auto" });
      for await (const event of model.fitEvents(train)) if (event.event === "step") process.exit(3);`);
    expect(ends).toEqual({ status: 3, stdout: "", stderr: "" });
  });

  it("end when nobody holds the model any more", () => {
    const ends = run(`${TRAINED}
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc");
      let lost = 0;
      process.on("worker", (worker) => worker.on("exit", () => lost++));
      await (async () => {
        const other = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
        await other.compile({ ...options, threads: 3 });
        await other.fit(train);
      })();
      for (let i = 0; i < 1000 && lost < 2; i++) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(lost);`);
    expect(ends).toEqual({ status: 0, stdout: "2\n", stderr: "" });
  });

  it("use no processor while there is nothing to do", async () => {
    const model = await compiled({ threads: 3, batchSize: 4 });
    await model.fit(data);
    await sleep(50);
    const before = process.cpuUsage();
    await sleep(300);
    const { user, system } = process.cpuUsage(before);
    // Three spinning threads would use up to 600,000 microseconds on two cores.
    expect(user + system).toBeLessThan(150_000);
    model.dispose();
  });
});

describe("a model with threads", () => {
  it("keeps its weights, and ends its threads, when it is compiled anew", async () => {
    const model = await compiled({ threads: 2, batchSize: 4 });
    await model.fit(data);
    const weights = weightBytes(model);
    const { engine } = model.network;
    await model.compile({ engine: "simd", loss: "softmaxCrossEntropy", threads: 1 });
    expect(model.network.engine.threads).toBe(1);
    expect(weightBytes(model)).toEqual(weights);
    expect(() => engine.run(new Tape())).toThrow(/disposed of/);
  });

  it("has exactly the memory that it says", async () => {
    const model = await compiled({ threads: 3, batchSize: 4 });
    const { total } = model.describe().memory ?? {};
    expect(total).toBe(model.network.engine.heap.buffer.byteLength);
    model.dispose();
    model.dispose();
    expect(() => model.network).toThrow(/compile/);
  });
});
