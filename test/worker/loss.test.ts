import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { nodeSessions } from "../../src/node/sessions.ts";
import type { RemoteRun } from "../../src/worker/remote-run.ts";
import type { Session } from "../../src/worker/session.ts";
import { createSession } from "../../src/worker/session.ts";
import { type StartWorker, setSessionSource } from "../../src/worker/session-source.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

const PROGRAM = new URL("../../dist/node/worker.js", import.meta.url);
const published = nodeSessions(PROGRAM);

/** The published worker, in which something else runs first, and after it. */
function sabotaged(first: string, then = ""): StartWorker {
  const load = `await import(${JSON.stringify(PROGRAM)})`;
  const program = `import { parentPort } from "node:worker_threads"; ${first}; ${load}; ${then}`;
  return nodeSessions(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
}

/** Does something as soon as the page asks for the engines. */
function onEngines(action: string): StartWorker {
  return sabotaged("", `parentPort.on("message", ({ method }) => { if (method === "engines") ${action}; })`);
}

afterEach(() => setSessionSource(published));

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail("it did not fail"),
    (error) => error,
  );
}

async function iterated(run: RemoteRun): Promise<void> {
  for await (const event of run) expect(event.event).toMatch(/step|epoch/);
}

/** A session with all sorts of promises under way, and why each fails in the end. */
async function busy(made: Session) {
  const data = await made.addDataset(DATA);
  const model = await compiledIn(made, { batchSize: 8 });
  const run = await model.fit(data, { epochs: 100_000 });
  const other = await compiledIn(made);
  const paused = await other.fit(data, { paused: true });
  const long = made.digits({ count: 2_000_000 });
  const promises = [run.finished, iterated(run), paused.finished, iterated(paused), long];
  return { model, run, paused, errors: Promise.all(promises.map(failure)) };
}

const ENDS: [string, string, RegExp][] = [
  ["an exception", "setTimeout(() => { throw new Error('no more') })", /no more/],
  ["a rejection", "Promise.reject(new RangeError('nobody caught me'))", /nobody caught me/],
  ["its exit", "process.exit(3)", /it ended with code 3/],
  ["words that are none", "parentPort.postMessage('hello')", /something that is no answer/],
];

describe("a session whose worker is lost", () => {
  it.each(ENDS)("by %s tells everybody who waits, once and with one text", async (_, action, reason) => {
    setSessionSource(onEngines(action));
    const losses: string[] = [];
    const made = await session({ onLost: (text) => losses.push(text) });
    const { model, run, paused, errors } = await busy(made);
    // Of the worker's last words some may still arrive.
    made.engines().catch(() => {});
    const last = await failure(run.finished);
    expect(last.message).toMatch(/^session: the worker is lost: .*; models in it are gone, begin a new session with/);
    expect(last.message).toMatch(reason);
    for (const { message } of await errors) expect(message).toBe(last.message);
    expect(losses).toEqual([last.message]);
    expect([run.state, paused.state]).toEqual(["ended", "ended"]);
    for (const late of [model.summary(), run.pause(), run.stop(), made.digits({ count: 10 })]) {
      expect((await failure(late)).message).toBe(last.message);
    }
    made.terminate();
    expect(losses.length).toBe(1);
  });

  it("by its page says so, and is no loss", async () => {
    const losses: string[] = [];
    const made = await session({ onLost: (text) => losses.push(text) });
    const { errors, model } = await busy(made);
    made.terminate();
    for (const { message } of await errors) expect(message).toBe("session: the worker was ended");
    expect((await failure(model.save())).message).toBe("session: the worker was ended");
    expect(losses).toEqual([]);
  });
});

describe("a session that does not begin", () => {
  it("says why: no program, another version, a worker that may not be started", async () => {
    const begin = async (source: StartWorker) => {
      setSessionSource(source);
      const losses: string[] = [];
      const { message } = await failure(createSession({ onLost: (text) => losses.push(text) }));
      expect(losses).toEqual([]);
      return message;
    };
    expect(await begin(nodeSessions(new URL("nowhere.js", PROGRAM)))).toMatch(
      /^session: the worker did not start: Cannot find module/,
    );
    const old = "parentPort.on('message', () => parentPort.postMessage({ type: 'ready', protocol: 0 }))";
    expect(await begin(sabotaged(old))).toMatch(/did not start: its file is of another version/);
    const forbidden = () => {
      throw new Error("Refused to create a worker");
    };
    expect(await begin(forbidden)).toBe("session: the worker did not start: Refused to create a worker");
  });
});

describe("a kernel that traps", () => {
  it("fails its run with the reason, and nothing else", async () => {
    // From the hundredth call on.
    const trap = `const real = WebAssembly.instantiate;
      let calls = 0;
      WebAssembly.instantiate = async (...args) => {
        const instance = await real(...args);
        const exports = { ...instance.exports };
        for (const [name, value] of Object.entries(exports)) {
          if (typeof value !== "function") continue;
          exports[name] = (...numbers) => {
            if (name.includes("cross_entropy") && ++calls > 20) throw new WebAssembly.RuntimeError("unreachable");
            return value(...numbers);
          };
        }
        return { exports };
      };`;
    setSessionSource(sabotaged(trap));
    const losses: string[] = [];
    const made = await session({ onLost: (text) => losses.push(text) });
    const data = await made.addDataset(DATA);
    const model = await compiledIn(made, { batchSize: 8 });
    const run = await model.fit(data, { epochs: 100 });
    const events = failure(iterated(run));
    expect((await failure(run.finished)).message).toMatch(/unreachable/);
    expect((await events).message).toMatch(/unreachable/);
    expect(run.state).toBe("ended");
    expect((await failure(run.stop())).message).toMatch(/unreachable/);
    expect(losses).toEqual([]);
    const other = await compiledIn(made, { engine: "js" });
    const second = await other.fit(data, { epochs: 2 });
    expect((await second.finished).end).toBe("completed");
  });
});

describe("a host without memory", () => {
  it("says what to do when a model is compiled, data is drawn, or too much is asked for", async () => {
    const made = await session();
    await expect(compiledIn(made, { batchSize: 2 ** 20 })).rejects.toThrow(
      /^engine: expected a model that fits into 4 GiB, got one of [\d.]+ GiB; try a smaller batch$/,
    );
    const poor = `WebAssembly.Memory = class { constructor() { throw new RangeError("could not allocate memory") } };
      const Real = Uint8Array;
      globalThis.Uint8Array = new Proxy(Real, {
        construct(target, args) {
          if (args[0] > 2 ** 20) throw new RangeError("Array buffer allocation failed");
          return Reflect.construct(target, args);
        },
      });`;
    setSessionSource(sabotaged(poor));
    const other = await session();
    const none = await failure(compiledIn(other));
    expect(none).toBeInstanceOf(RangeError);
    expect(none.message).toMatch(/^engine: expected \d+ MiB of free memory, got none; try a smaller batch$/);
    const digits = await failure(other.digits({ count: 100_000 }));
    expect(digits).toBeInstanceOf(RangeError);
    expect(digits.message).toMatch(/^digits: expected more free memory, got none .*use fewer images/);
    expect((await other.digits({ count: 100 })).length).toBe(100);
  });
});

/** Threads of this process. */
function tasks(): number {
  return readdirSync("/proc/self/task").length;
}

describe("a session's threads", () => {
  it.skipIf(process.platform !== "linux")("end with it", async () => {
    // Whatever starts in the first session and stays belongs to Node.
    (await createSession()).terminate();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = tasks();
    const made = await createSession();
    const model = await compiledIn(made, { threads: 4, batchSize: 8 });
    const run = await model.fit(await made.addDataset(DATA), { epochs: 100_000 });
    await run.pause();
    expect(tasks()).toBeGreaterThanOrEqual(before + 4);
    await run.resume();
    made.terminate();
    for (let i = 0; i < 500 && tasks() > before; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(tasks()).toBeLessThanOrEqual(before);
  });

  it("rest while its run is paused", async () => {
    const made = await session();
    const model = await compiledIn(made, { threads: 2, batchSize: 8 });
    const run = await model.fit(await made.addDataset(DATA), { epochs: 100_000 });
    await run.pause();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(before);
    // Two spinning threads would use up to 600,000 microseconds on two cores.
    expect(user + system).toBeLessThan(150_000);
    await run.stop();
  });
});
