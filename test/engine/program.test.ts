import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { programOf, runPhase } from "../../src/engine/program.ts";
import { Tape } from "../../src/engine/tape.ts";

/** Ten samples of one number at 10: doubled into 30, then at 30 doubled again; a sum of all; the first three once more. */
function tapeOf(chunk?: number): Tape {
  const tape = new Tape(chunk);
  tape.add("add", "sample", 10, 10, 10, 30, 1);
  tape.add("relu_forward", "sample", 10, 30, 50, 1);
  tape.add("add", "weight", 7, 50, 50, 50, 1);
  tape.add("relu_forward", "weight", 3, 50, 50, 1);
  return tape;
}

/** The calls of each phase of each thread, and what they leave at 50. */
async function run(chunk: number | undefined, threads: number) {
  const { kernels, heap } = await createEngine(100, { gear: "js" });
  for (let i = 0; i < 10; i++) heap[10 + i] = i;
  const calls: string[][][] = [];
  const programs = Array.from({ length: threads }, (_, t) => programOf(kernels, tapeOf(chunk), t, threads));
  for (const phase of [0, 1]) {
    calls[phase] = programs.map((program) => {
      const names: string[] = [];
      runPhase(program[phase], { calling: (kernel) => names.push(kernel) });
      return names;
    });
  }
  return { calls, result: [...heap.subarray(50, 60)] };
}

const RESULT = [0, 4, 8, 12, 16, 20, 24, 14, 16, 18];
const BOTH = ["add", "relu_forward"];

describe("a program", () => {
  it("makes each call once, without chunks", async () => {
    expect(await run(undefined, 1)).toEqual({ calls: [[BOTH], [BOTH]], result: RESULT });
    expect(await run(10, 1)).toEqual({ calls: [[BOTH], [BOTH]], result: RESULT });
  });

  it("walks samples in chunks, and nothing else", async () => {
    const whole = [...BOTH, ...BOTH, ...BOTH];
    expect(await run(4, 1)).toEqual({ calls: [[whole], [BOTH]], result: RESULT });
    const [two, three] = [
      [...BOTH, ...BOTH],
      [...BOTH, ...BOTH, ...BOTH],
    ];
    expect(await run(3, 2)).toEqual({
      calls: [
        [two, two],
        [BOTH, BOTH],
      ],
      result: RESULT,
    });
    expect(await run(2, 2)).toEqual({
      calls: [
        [three, three],
        [BOTH, BOTH],
      ],
      result: RESULT,
    });
  });

  it("leaves out calls of which a thread has no part", async () => {
    const { calls, result } = await run(4, 5);
    expect(calls[1]).toEqual([
      ["add"],
      ["add", "relu_forward"],
      ["add"],
      ["add", "relu_forward"],
      ["add", "relu_forward"],
    ]);
    expect(result).toEqual(RESULT);
  });

  it("lets kernels that read all their weights at every call do all samples at once", async () => {
    const { kernels } = await createEngine(100, { gear: "js" });
    const tape = new Tape(4);
    tape.add("relu_forward", "sample", 8, 10, 10, 1);
    tape.add("relu_forward", "sample", 8, 10, 10, 1);
    tape.add("dense_forward", "sample", 8, 10, 60, 0, 0, 30, 1, 1, 0);
    tape.add("relu_forward", "sample", 8, 10, 10, 1);
    const names: string[] = [];
    runPhase(programOf(kernels, tape, 0, 1)[0], { calling: (kernel) => names.push(kernel) });
    const relu = "relu_forward";
    expect(names).toEqual([relu, relu, relu, relu, "dense_forward", relu, relu]);
  });

  it("walks calls of different numbers of samples one after the other", async () => {
    const { kernels } = await createEngine(100, { gear: "js" });
    const tape = new Tape(2);
    tape.add("relu_forward", "sample", 10, 10, 30, 1);
    tape.add("relu_forward", "sample", 9, 10, 50, 1);
    tape.add("relu_forward", "sample", 9, 50, 70, 1);
    const names: string[] = [];
    runPhase(programOf(kernels, tape, 0, 1)[0], { calling: (kernel) => names.push(kernel) });
    expect(names.length).toBe(5 + 2 * 5);
  });
});
