import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { programOf, runPhase } from "../../src/engine/program.ts";
import { Tape } from "../../src/engine/tape.ts";

/** Ten samples of one number at 10: doubled into 30, then at 50 without what is below zero; a sum of all; each sample doubled. */
function tapeOf(chunk?: number): Tape {
  const tape = new Tape(chunk);
  tape.add("add", "sample", 10, 10, 10, 30, 1);
  tape.add("relu_forward", "sample", 10, 30, 50, 1, Number.POSITIVE_INFINITY, 0);
  tape.add("bias_backward", "weight", 1, 50, 70, 10, 1);
  tape.add("add", "weight", 10, 50, 50, 80, 1);
  return tape;
}

/** The calls of each phase of each thread, and what they leave at 70 and from 80 on. */
async function run(chunk: number | undefined, threads: number) {
  const { kernels, heap } = await createEngine(100, { engine: "js" });
  for (let i = 0; i < 10; i++) heap[10 + i] = i;
  const programs = Array.from({ length: threads }, (_, t) => programOf(kernels, tapeOf(chunk), t, threads));
  const calls = programs[0].map((_, phase) =>
    programs.map((program) => {
      const names: string[] = [];
      runPhase(program[phase], { calling: (kernel) => names.push(kernel) });
      return names;
    }),
  );
  return { calls, result: [heap[70], ...heap.subarray(80, 90)] };
}

const RESULT = [90, 0, 4, 8, 12, 16, 20, 24, 28, 32, 36];
const BOTH = ["add", "relu_forward"];
const LAST = ["bias_backward", "add"];

describe("a program", () => {
  it("makes each call once, without chunks, and on one thread without barriers", async () => {
    expect(await run(undefined, 1)).toEqual({ calls: [[[...BOTH, ...LAST]]], result: RESULT });
    expect(await run(10, 1)).toEqual({ calls: [[[...BOTH, ...LAST]]], result: RESULT });
  });

  it("walks samples in chunks, and nothing else", async () => {
    const three = [...BOTH, ...BOTH, ...BOTH];
    expect(await run(4, 1)).toEqual({ calls: [[[...three, ...LAST]]], result: RESULT });
    for (const [chunk, turns] of [
      [3, [...BOTH, ...BOTH]],
      [2, three],
    ] as const) {
      // The one sum is the last thread's.
      expect(await run(chunk, 2)).toEqual({
        calls: [
          [turns, turns],
          [["add"], LAST],
        ],
        result: RESULT,
      });
    }
  });

  it("leaves out calls of which a thread has no part", async () => {
    const { calls, result } = await run(4, 5);
    expect(calls[1]).toEqual([["add"], ["add"], ["add"], ["add"], LAST]);
    expect(result).toEqual(RESULT);
  });

  it("lets kernels that read all their weights at every call do all samples at once", async () => {
    const { kernels } = await createEngine(100, { engine: "js" });
    const tape = new Tape(4);
    tape.add("relu_forward", "sample", 8, 10, 10, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("relu_forward", "sample", 8, 10, 10, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("dense_forward", "batch", 8, 10, 60, 0, 0, 30, 1, 1, 0);
    tape.add("relu_forward", "sample", 8, 10, 10, 1, Number.POSITIVE_INFINITY, 0);
    const names: string[] = [];
    runPhase(programOf(kernels, tape, 0, 1)[0], { calling: (kernel) => names.push(kernel) });
    const relu = "relu_forward";
    expect(names).toEqual([relu, relu, relu, relu, "dense_forward", relu, relu]);
  });

  it("walks calls of different numbers of samples one after the other", async () => {
    const { kernels } = await createEngine(100, { engine: "js" });
    const tape = new Tape(2);
    tape.add("relu_forward", "sample", 10, 10, 30, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("relu_forward", "sample", 9, 10, 50, 1, Number.POSITIVE_INFINITY, 0);
    tape.add("relu_forward", "sample", 9, 50, 70, 1, Number.POSITIVE_INFINITY, 0);
    const names: string[] = [];
    runPhase(programOf(kernels, tape, 0, 1)[0], { calling: (kernel) => names.push(kernel) });
    expect(names.length).toBe(5 + 2 * 5);
  });
});
