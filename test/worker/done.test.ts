import { describe, expect, it } from "vitest";
import { compiledIn, DATA, session } from "./sessions.ts";

/** State of promises right now. */
function standing<T>(promise: Promise<T>): { state: "pending" | "done" | "failed" } {
  const seen: { state: "pending" | "done" | "failed" } = { state: "pending" };
  promise.then(
    () => {
      seen.state = "done";
    },
    () => {
      seen.state = "failed";
    },
  );
  return seen;
}

describe("a run that is stopped", () => {
  it.each([
    ["while it goes on", {}],
    ["while it is paused", { paused: true }],
  ])(
    "%s, has ended for everyone when stop() says so, and the end of the session changes nothing",
    async (_, options) => {
      const made = await session();
      const model = await compiledIn(made);
      const run = await model.fit(await made.addDataset(DATA), { epochs: 100_000, ...options });
      const finished = standing(run.finished);
      const history = await run.stop();
      expect(run.state).toBe("ended");
      made.terminate();
      expect(finished.state).toBe("done");
      expect(await run.finished).toEqual(history);
      expect(history.end).toBe("interrupted");
    },
  );

  it("twice, or after its end, gives its history again", async () => {
    const made = await session();
    const model = await compiledIn(made);
    const run = await model.fit(await made.addDataset(DATA), { epochs: 1 });
    const history = await run.finished;
    expect(await Promise.all([run.stop(), run.stop()])).toEqual([history, history]);
    made.terminate();
    expect(await run.stop()).toEqual(history);
  });
});

describe("terminate", () => {
  it("rejects nothing that is done, and all that is not, with one text", async () => {
    const made = await session();
    const model = await compiledIn(made);
    const data = await made.addDataset(DATA);
    const done = model.evaluate(data);
    await done;
    const run = await model.fit(data, { epochs: 1 });
    await run.finished;
    const open = model.evaluate(data);
    made.terminate();
    made.terminate();
    await expect(open).rejects.toThrow("session: the worker was ended");
    expect((await done).images).toBe(DATA.length);
    expect((await run.finished).end).toBe("completed");
    await run.pause();
    expect(run.state).toBe("ended");
    for await (const event of run) throw new Error(`expected no event, got ${event.event}`);
    await model.dispose();
    await data.dispose();
  });
});
