import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { runTape } from "../../src/engine/program.ts";
import { callOf, sliceOf, Tape } from "../../src/engine/tape.ts";

describe("a tape", () => {
  it("gives each slice scratch of its own", async () => {
    const { kernels, heap } = await createEngine(64, { engine: "js" });
    heap.set([1, 2, 3, 4, 5, 6], 10);
    const tape = new Tape();
    // relu_forward writes sample i at y + i * size: with areas of 10 elements, slice t at y + 10 t + i * size.
    tape.addWithScratch(
      "relu_forward",
      "sample",
      3,
      { argument: 1, elements: 10 },
      10,
      20,
      2,
      Number.POSITIVE_INFINITY,
      0,
    );
    runTape(kernels, tape, 3);
    expect([...heap.subarray(20, 50)].map((value, i) => [i, value]).filter(([, value]) => value !== 0)).toEqual([
      [0, 1],
      [1, 2],
      [12, 3],
      [13, 4],
      [24, 5],
      [25, 6],
    ]);
    heap.fill(0, 20);
    runTape(kernels, tape, 3, 1);
    expect([...heap.subarray(20, 27)]).toEqual([1, 2, 3, 4, 5, 6, 0]);
  });

  it("refuses scratch at an argument that there is none of", () => {
    const add = () =>
      new Tape().addWithScratch(
        "relu_forward",
        "sample",
        1,
        { argument: 5, elements: 1 },
        0,
        0,
        1,
        Number.POSITIVE_INFINITY,
        0,
      );
    expect(add).toThrow(new Error("relu_forward: expected scratch at one of 5 arguments, got 5"));
  });

  it("cuts a range into parts that meet, single work into none", () => {
    const tape = new Tape();
    tape.add("relu_forward", "sample", 10, 0, 0, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("relu_forward", "single", 1, 0, 0, 1, Number.POSITIVE_INFINITY, 0);
    const [cut, single] = tape.operations;
    expect([0, 1, 2].map((thread) => sliceOf(cut, thread, 3))).toEqual([
      [0, 3],
      [3, 6],
      [6, 10],
    ]);
    expect([0, 1].map((thread) => sliceOf(single, thread, 2))).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(callOf(cut, 0, 1, 2)).toEqual([0, 1, 0, 0, 1, Number.POSITIVE_INFINITY, 0]);
  });
});
