import { describe, expect, it } from "vitest";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import type { FitEvent } from "../../src/training/events.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { oneCycle } from "../../src/training/schedules.ts";
import type { RemoteRun } from "../../src/worker/remote-run.ts";
import { compiled } from "../model/networks.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

const COMPILE = { batchSize: 8, optimizer: sgd({ learningRate: 0.05, momentum: 0.9, clipNorm: 1 }) };

const FIT: FitOptions = {
  epochs: 3,
  schedule: oneCycle(),
  augment: { shift: 1, rotate: 10 },
  averageEvery: 4,
  evaluations: [{ on: "training", every: 5, images: 20 }],
  averaging: { type: "ema", decay: 0.9 },
};

const STEPS = 9;

/** Figures that do not depend on the clock. */
function figures(events: readonly FitEvent[]) {
  return events.map((event) => ({ ...event, imagesPerSecond: 0, seconds: 0 }));
}

async function eventsOf(run: RemoteRun): Promise<FitEvent[]> {
  const events: FitEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

/** The run without a worker. */
async function trainedHere() {
  const model = await compiled(COMPILE);
  const events: FitEvent[] = [];
  for await (const event of model.fitEvents(DATA, { ...FIT, validation: DATA })) events.push(event);
  return { events, sha: weightsSha256(model) };
}

describe("a run in a worker", () => {
  it("tells the same events, from the first on, and ends with the same weights as one without", async () => {
    const here = await trainedHere();
    const made = await session();
    const model = await compiledIn(made, COMPILE);
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, { ...FIT, validation: data });
    expect(run.state).toBe("running");
    const events = await eventsOf(run);
    expect(figures(events)).toEqual(figures(here.events));
    expect(run.state).toBe("ended");
    const { end, epochs } = await run.finished;
    expect(end).toBe("completed");
    expect(figures(epochs)).toEqual(figures(here.events.filter(({ event }) => event === "epoch")));
    expect(await model.weightsSha256()).toBe(here.sha);
  });

  it("is the same run whatever is asked in between, however it is paused, with nobody listening", async () => {
    const { sha } = await trainedHere();
    const made = await session();
    const model = await compiledIn(made, COMPILE);
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, { ...FIT, validation: data, paused: true });
    const [name] = [...(await model.weights()).keys()];
    for (let step = 0; step < 2 * STEPS; step++) {
      await run.step();
      await model.activations(DATA.images.subarray(0, 126));
      await model.predict(DATA.images.subarray(0, 1260));
      await model.evaluate(data);
      await model.report(data, { batchStatistics: true });
      await model.getWeight(name);
      await model.save();
      await run.checkpoint();
    }
    expect(run.state).toBe("paused");
    await run.resume();
    await run.pause();
    await run.resume();
    expect((await run.finished).end).toBe("completed");
    expect(await model.weightsSha256()).toBe(sha);
  });

  it("makes one step at a time, with the end of the epoch after its last", async () => {
    const made = await session();
    const model = await compiledIn(made, COMPILE);
    const data = await made.addDataset(DATA);
    const run = await model.fit(data, { epochs: 2, paused: true });
    const events = eventsOf(run);
    const [name] = [...(await model.weights()).keys()];
    const before = await model.getWeight(name);
    expect(await model.getGradient(name)).toEqual(new Float32Array(before.length));
    await run.step();
    const after = await model.getWeight(name);
    expect(after).not.toEqual(before);
    expect(await model.getGradient(name)).not.toEqual(new Float32Array(before.length));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await model.getWeight(name)).toEqual(after);
    for (let step = 1; step < 2 * STEPS; step++) await run.step();
    expect(run.state).toBe("ended");
    const kinds = (await events).map(({ event }) => event);
    const epoch = [...new Array<string>(STEPS).fill("step"), "epoch"];
    expect(kinds).toEqual([...epoch, ...epoch]);
    await expect(run.step()).rejects.toThrow(
      new RangeError("step: expected a run that goes on, got one that has ended"),
    );
  });
});
