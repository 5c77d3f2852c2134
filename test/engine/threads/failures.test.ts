import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/engine.ts";
import { Tape } from "../../../src/engine/tape.ts";
import { idle, keptThreads, sabotaged, silent, withThreads } from "./sources.ts";

const ELEMENTS = 65536;

/** Doubles eight numbers, one per sample, twice, with a barrier between. */
function doubling(): Tape {
  const tape = new Tape();
  tape.add("add", "sample", 8, 1000, 1000, 1000, 1);
  tape.add("add", "weight", 8, 1000, 1000, 1000, 1);
  return tape;
}

/** A kernel call that reads beyond the heap in one thread, or in all from that one on. */
function trapping(thread: number): Tape {
  const tape = doubling();
  const far = 2 ** 28;
  const scratch = { argument: 0, elements: thread === 0 ? 1000 - far : far };
  tape.within("block/conv", () =>
    tape.addWithScratch(
      "relu_forward",
      "sample",
      6,
      scratch,
      thread === 0 ? far : 1000,
      2000,
      1,
      Number.POSITIVE_INFINITY,
      0,
    ),
  );
  tape.add("relu_forward", "weight", 6, 1000, 1000, 1, Number.POSITIVE_INFINITY, 0);
  return tape;
}

/** The end of every run's error after a failure. */
const AFTER = "; nothing runs after that, compile the model again";

/** The error of a worker that is lost. */
const lost = (message: string) => expect.objectContaining({ message, code: "lost-worker" });

describe("a kernel that traps", () => {
  it.each([
    [1, 0, "engine: failed in"],
    [2, 0, "engine: thread 0 failed in"],
    [2, 1, "engine: thread 1 failed in"],
  ])("of %i threads in thread %i fails the step with kernel and layer, and all steps after it", async (...trap) => {
    const [threads, thread, who] = trap;
    const engine = await createEngine(ELEMENTS, { engine: "simd", threads });
    engine.run(doubling());
    const message = `${who} relu_forward of layer "block/conv": memory access out of bounds`;
    expect(() => engine.run(trapping(thread))).toThrow(new Error(message));
    expect(() => engine.run(doubling())).toThrow(new Error(message + AFTER));
    engine.dispose();
    engine.dispose();
    expect(() => engine.run(doubling())).toThrow(new Error(message + AFTER));
  });

  it("in a turn of a chunk is named, and on a tape without layers by the kernel alone", async () => {
    const engine = await createEngine(ELEMENTS, { engine: "simd" });
    const tape = new Tape(2);
    tape.add("relu_forward", "sample", 6, 1000, 2000, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("sigmoid_forward", "sample", 6, 2 ** 28, 2000, 1);
    expect(() => engine.run(tape)).toThrow(new Error("engine: failed in sigmoid_forward: memory access out of bounds"));
  });

  it("leaves no thread of three at the barrier", async () => {
    const { source, handles, ends } = keptThreads();
    await withThreads(source, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: 3 });
      expect(handles.length).toBe(2);
      expect(() => engine.run(trapping(1))).toThrow(/^engine: thread [12] failed/);
      // The engine ends its threads; one that hangs would not end.
      await Promise.all(ends);
    });
  });
});

describe("a thread that is lost", () => {
  it("between two steps fails the next one", async () => {
    const { source, handles, ends } = keptThreads();
    await withThreads(source, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: 3 });
      engine.run(doubling());
      handles[1].terminate();
      await ends[1];
      expect(() => engine.run(doubling())).toThrow(lost(`engine: thread 2 is lost: it ended with code 1${AFTER}`));
      engine.dispose();
      await Promise.all(ends);
    });
  });

  it("before anybody notices fails the step that waits for it", async () => {
    const { source, handles } = keptThreads();
    await withThreads(source, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: 3 });
      engine.run(doubling());
      handles[0].terminate();
      expect(() => engine.run(doubling())).toThrow(lost("engine: thread 1 does not answer"));
      expect(() => engine.run(doubling())).toThrow(lost(`engine: thread 1 does not answer${AFTER}`));
      engine.dispose();
    });
  });

  it("in the middle of a step fails that step", async () => {
    // The third time that the thread reaches a barrier, which is in the middle of its second step, it ends.
    const sabotage =
      "let times = 0; const { add } = Atomics; " +
      "Atomics.add = (words, at, by) => at === 16 && ++times === 3 ? process.exit(7) : add(words, at, by)";
    await withThreads(sabotaged(sabotage), async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: 2 });
      const tape = doubling();
      const steps = () => {
        for (let step = 0; step < 50; step++) engine.run(tape);
      };
      expect(steps).toThrow(/^engine: thread 1 does not answer$/);
      engine.dispose();
    });
  });

  it("and only seems to work fails the first step", async () => {
    await withThreads(idle, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: 2 });
      expect(() => engine.run(doubling())).toThrow(/^engine: thread 1 does not answer$/);
    });
  });
});

describe("a thread that does not start", () => {
  it("fails an engine that was to have it", async () => {
    await withThreads(silent, async () => {
      const creating = createEngine(ELEMENTS, { engine: "simd", threads: 2 });
      await expect(creating).rejects.toThrow(/^engine: a thread did not start in time$/);
    });
    await withThreads(sabotaged("throw new Error('no luck')"), async () => {
      const creating = createEngine(ELEMENTS, { engine: "simd", threads: 2 });
      await expect(creating).rejects.toThrow(/^engine: thread 1 is lost: no luck$/);
    });
    await withThreads(
      sabotaged("WebAssembly.Instance = class { constructor() { throw new Error('no memory') } }"),
      async () => {
        const creating = createEngine(ELEMENTS, { engine: "simd", threads: 2 });
        await expect(creating).rejects.toThrow(/^engine: a thread did not start: no memory$/);
      },
    );
    const start = () => {
      throw new Error("not allowed");
    };
    await withThreads({ start }, async () => {
      const creating = createEngine(ELEMENTS, { engine: "simd", threads: 2 });
      await expect(creating).rejects.toThrow(/^engine: a thread did not start: not allowed$/);
    });
  });

  it("is done without by auto, which says so", async () => {
    await withThreads({ ...silent, cores: () => 4 }, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads: "auto" });
      engine.heap.fill(1, 1000, 1008);
      engine.run(doubling());
      await expect.poll(() => engine.reason).toBe("engine: a thread did not start in time");
      expect(engine.threads).toBe(1);
      engine.run(doubling());
      expect([...engine.heap.subarray(1000, 1008)]).toEqual(new Array(8).fill(16));
      engine.dispose();
    });
  });
});

describe("dispose", () => {
  it.each([1, 2, "auto"] as const)("ends an engine of %s threads, once or twice", async (threads) => {
    const { source, ends } = keptThreads();
    await withThreads(source, async () => {
      const engine = await createEngine(ELEMENTS, { engine: "simd", threads });
      engine.run(doubling());
      engine.dispose();
      engine.dispose();
      await Promise.all(ends);
      expect(() => engine.run(doubling())).toThrow("engine: expected one in use, got one that was disposed of");
    });
  });
});
