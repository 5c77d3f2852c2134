// The end of runs, models and sessions: the same words mean the same with a worker and without, and what is forgotten keeps
// nothing alive.

import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits/dataset.ts";
import type { History } from "../../src/training/history.ts";
import { sgd } from "../../src/training/optimizers.ts";
import type { RemoteFitOptions } from "../../src/worker/contract.ts";
import type { RemoteRun } from "../../src/worker/remote-run.ts";
import { compiled } from "../model/networks.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

const COMPILE = { batchSize: 10, optimizer: sgd({ learningRate: 0.01 }) };
const LONG = { epochs: 100_000 };

async function runIn(options: RemoteFitOptions, data = DATA): Promise<RemoteRun> {
  const made = await session();
  const model = await compiledIn(made, COMPILE);
  return model.fit(await made.addDataset(data), options);
}

describe("with a worker and without", () => {
  it("leaving the loop over a run's events ends the run", async () => {
    const model = await compiled(COMPILE);
    for await (const { event } of model.fitEvents(DATA, LONG)) if (event === "step") break;
    expect((await model.fit(DATA)).end).toBe("completed");
    const run = await runIn(LONG);
    for await (const { event } of run) if (event === "step") break;
    expect(run.state).toBe("ended");
    expect((await run.finished).end).toBe("interrupted");
  });

  it.each(["before", "during"])("a signal that aborts %s a run ends it, and the history says so", async (when) => {
    const controller = () => {
      const made = new AbortController();
      if (when === "before") made.abort();
      else setTimeout(() => made.abort(), 30);
      return made.signal;
    };
    const model = await compiled(COMPILE);
    const ends = [
      model.fit(DATA, { ...LONG, signal: controller() }),
      (await runIn({ ...LONG, signal: controller() })).finished,
    ];
    for (const { end, epochs } of await Promise.all(ends)) {
      expect(end).toBe("interrupted");
      if (when === "before") expect(epochs).toEqual([]);
    }
  });

  it("a loss that is NaN ends the run, and the history says why; with stopOnNaN false it goes on", async () => {
    const images = Float32Array.from(DATA.images, (value) => value * 1e30);
    const data = createDataset({ shape: DATA.shape, images, labels: DATA.labels, classes: DATA.classes });
    const ends = async (options: Pick<RemoteFitOptions, "stopOnNaN">): Promise<History["end"][]> => {
      const here = await (await compiled(COMPILE)).fit(data, { epochs: 2, ...options });
      const there = await (await runIn({ epochs: 2, ...options }, data)).finished;
      return [here.end, there.end];
    };
    const [here, there] = await ends({});
    expect(here).toMatchObject({ by: "stopOnNaN", divergence: { expected: expect.stringMatching(/^(a )?finite/) } });
    expect(there).toEqual(here);
    expect(await ends({ stopOnNaN: false })).toEqual(["completed", "completed"]);
  });

  it("digits are the same, with the same options and defaults", async () => {
    const made = await session();
    const [all, some] = [await made.digits(), await made.digits({ count: 20, start: 5 })];
    expect(all.length).toBe(10_000);
    const indices = Array.from({ length: 20 }, (_, i) => i);
    expect((await some.images(indices)).images).toEqual(digits({ count: 20, start: 5 }).images);
    expect((await all.images(indices.map((i) => i + 5))).images).toEqual(digits({ count: 20, start: 5 }).images);
  });
});

describe("the end of a block", () => {
  it("ends runs, models, data sets and sessions", async () => {
    const made = await session();
    const model = await compiledIn(made, COMPILE);
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, LONG);
    await run[Symbol.asyncDispose]();
    expect((await run.finished).end).toBe("interrupted");
    await model[Symbol.asyncDispose]();
    await expect(model.summary()).rejects.toThrow();
    await data[Symbol.asyncDispose]();
    await expect(data.images([0])).rejects.toThrow();
    made[Symbol.dispose]();
    await expect(made.engines()).rejects.toThrow("session: the worker was ended");
    const here = await compiled(COMPILE);
    here[Symbol.dispose]();
    await expect(here.fit(DATA)).rejects.toThrow(/compile\(\) to be called first/);
  });
});

describe("a program in Node", () => {
  it("ends by itself although its session was forgotten, but not before its calls and runs have", async () => {
    const library = pathToFileURL("dist/node/convasm.js").href;
    const program = `
      import { createSession, dense, flatten } from ${JSON.stringify(library)};
      const session = await createSession();
      const model = await session.createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
      await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "simd", threads: 1 });
      const data = await session.digits({ count: 50 });
      (await model.fit(data, { epochs: 3 })).finished.then(({ end }) => {
        console.log(end);
        // Paused, so nothing is under way.
        model.fit(data, { paused: true }).then(({ state }) => console.log(state));
      });`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      timeout: 60_000,
    });
    expect(stdout).toBe("completed\npaused\n");
  });
});
