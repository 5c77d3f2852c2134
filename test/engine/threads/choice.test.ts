import { afterEach, describe, expect, it, vi } from "vitest";
import { createEngine, engineChoice } from "../../../src/engine/engine.ts";
import { Tape } from "../../../src/engine/tape.ts";
import { browserLike, withThreads } from "./sources.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the number of threads", () => {
  it("is one unless said, and with auto that of the cores, up to 8", async () => {
    expect(engineChoice({ engine: "simd" }).threads).toBe(1);
    const auto = async (cores: number) =>
      withThreads({ cores: () => cores }, async () => engineChoice({ engine: "simd", threads: "auto" }));
    expect(await auto(3)).toMatchObject({ threads: 3, reason: undefined });
    expect(await auto(64)).toMatchObject({ threads: 8, reason: undefined });
    expect(await auto(1)).toMatchObject({ threads: 1, reason: "this machine has one core" });
  });

  it("may be more than there are cores", async () => {
    expect(engineChoice({ engine: "simd", threads: 64 }).threads).toBe(64);
  });

  it.each([0, -1, 65, 1.5, Number.NaN])("is refused where it is %d", (threads) => {
    expect(() => engineChoice({ engine: "simd", threads })).toThrow(
      new RangeError(`engine: expected threads to be auto or a whole number at least 1 and at most 64, got ${threads}`),
    );
  });

  it("is refused where it is no number", () => {
    const options = JSON.parse('{ "threads": "two" }');
    expect(() => engineChoice(options)).toThrow(
      new TypeError('engine: expected threads to be auto or a whole number at least 1 and at most 64, got "two"'),
    );
  });

  it.each([{ engine: "js" }, { precision: "float64" }] as const)("is one with %o", (options) => {
    expect(engineChoice({ ...options, threads: "auto" })).toMatchObject({
      threads: 1,
      reason: "the js engine has one thread",
    });
    expect(() => engineChoice({ ...options, threads: 2 })).toThrow(
      new RangeError("threads: expected 1 or auto, as the js engine has one thread, got 2"),
    );
  });
});

it("is the same program in browsers", async () => {
  await withThreads(browserLike, async () => {
    const engine = await createEngine(32768, { engine: "simd", threads: 3 });
    engine.heap.fill(1, 20000, 20006);
    const tape = new Tape();
    tape.add("add", "sample", 6, 20000, 20000, 20000, 1);
    tape.add("add", "weight", 5, 20000, 20000, 20000, 1);
    engine.run(tape);
    engine.run(tape);
    expect([...engine.heap.subarray(20000, 20007)]).toEqual([16, 16, 16, 16, 16, 4, 0]);
    engine.dispose();
  });
});

describe("a host without threads", () => {
  const options = [{ threads: 3 }, { threads: "auto" }] as const;

  it.each(options)("that shares no memory runs all on one, with %o", async ({ threads }) => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const engine = await createEngine(32768, { engine: "simd", threads });
    expect(engine.threads).toBe(1);
    expect(engine.reason).toBe("memory cannot be shared here: in a page, that takes cross-origin isolation");
    engine.heap[20000] = -1;
    const tape = new Tape();
    tape.add("relu_forward", "sample", 1, 20000, 20000, 1, Number.POSITIVE_INFINITY, 0);
    engine.run(tape);
    expect(engine.heap[20000]).toBe(0);
  });

  it.each(options)("whose thread must not wait runs all on one, with %o", async ({ threads }) => {
    vi.spyOn(Atomics, "wait").mockImplementation(() => {
      throw new TypeError("Atomics.wait cannot be called in this context");
    });
    const { threads: got, reason } = engineChoice({ engine: "simd", threads });
    expect([got, reason]).toEqual([1, "this thread must not wait for others: in a page, train in a worker"]);
  });
});
