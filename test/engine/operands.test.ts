import { describe, expect, it } from "vitest";
import type { KernelCall, Tensor } from "../../src/bench/calls/call.ts";
import { allCalls, callsByKernel } from "../../src/bench/calls/index.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import type { KernelName, Kernels } from "../../src/engine/kernels.ts";
import { extraRows } from "../../src/engine/operands/extra.ts";
import { endOf, type Operand, runsOf } from "../../src/engine/operands/operand.ts";
import { addRows, operandsOf } from "../../src/engine/operands.ts";
import type { Operation } from "../../src/engine/tape.ts";

/** First element of the arrays, as in a plan: the compiler's own data lies below. */
const START = 16384;

/** Elements between and after the arrays of a call. */
const GAP = 32;

/** Calls whose arrays take more are left to the test of sizes. */
const LARGEST = START + 60_000;

/** Calls of each kernel that are run. */
const RUNS = 8;

/** Elements of an array; four bytes are one. */
function elementsOf(tensor: Tensor): number {
  return tensor.bytes === undefined ? tensor.length : Math.ceil(tensor.length / 4);
}

interface PlacedCall {
  readonly operation: Operation;
  /** Arrays by their argument's index. */
  readonly tensors: ReadonlyMap<number, Tensor>;
  readonly end: number;
}

const isKernel = (name: string, kernels: Kernels): name is KernelName => name in kernels;

/** The call as an operation whose arrays lie one after the other. */
function placed(call: KernelCall, kernels: Kernels): PlacedCall {
  const { kernel, extent } = call;
  if (!isKernel(kernel, kernels)) throw new Error(`no kernel ${kernel}`);
  const tensors = new Map<number, Tensor>();
  let end = START;
  const args = call.args.map((argument, i) => {
    if (typeof argument === "number") return argument;
    tensors.set(i, argument);
    const offset = end;
    end += elementsOf(argument) + GAP;
    return offset;
  });
  const own = [...tensors].find(([, { role }]) => role === "scratch");
  const scratch = own && { argument: own[0], elements: own[1].length };
  return { operation: { kernel, axis: "sample", extent, arguments: args, scratch, layer: "" }, tensors, end };
}

addRows(extraRows());
const js = await createEngine(GAP, { engine: "js" });
const CALLS = allCalls();

describe("the operands of a call", () => {
  it("are there for every kernel of the table", () => {
    expect(new Set(CALLS.map(({ kernel }) => kernel))).toEqual(new Set(Object.keys(js.kernels)));
  });

  it("are the arrays that the benchmark gives it, with their roles and sizes", () => {
    for (const call of CALLS) {
      const { operation, tensors } = placed(call, js.kernels);
      const told = operandsOf(operation).map((operand) => {
        const { rows, pitch, step, width } = operand;
        // Rows may be longer than the range.
        const isMatrix = rows > 1 && step === width;
        const size = isMatrix ? rows * pitch : endOf(runsOf(operand, 0, call.extent)) - operand.offset;
        return { argument: operand.argument, offset: operand.offset, role: operand.role, size };
      });
      const known = [...tensors].map(([argument, tensor]) => {
        // The table has no word for an output with gaps.
        const role = call.kernel === "copy_columns" && tensor.role === "state" ? "output" : tensor.role;
        return { argument, offset: operation.arguments[argument], role, size: elementsOf(tensor) };
      });
      const byArgument = told.sort((a, b) => a.argument - b.argument);
      expect(byArgument, `${call.kernel}, ${call.label}`).toEqual(known);
    }
  });
});

/** Parts of a range: all of it, its halves, one index. */
function partsOf(extent: number): readonly (readonly [begin: number, end: number])[] {
  const middle = Math.floor(extent / 2);
  const parts = [[0, extent] as const, [0, middle] as const, [middle, extent] as const, [middle, middle + 1] as const];
  return parts.filter(([begin, end], i) => end > begin && (i === 0 || end - begin < extent));
}

/** Marks the elements from `START` on that a part of the range touches by operands of some roles. */
function marksOf(
  { operation, end }: PlacedCall,
  part: readonly [number, number],
  ...roles: readonly Operand["role"][]
): Uint8Array {
  const marks = new Uint8Array(end - START);
  for (const operand of operandsOf(operation)) {
    if (!roles.includes(operand.role)) continue;
    const { first, length, count, pitch } = runsOf(operand, ...part);
    for (let run = 0, at = first - START; run < count; run++, at += pitch) marks.fill(1, at, at + length);
  }
  return marks;
}

type Runner = Pick<Engine, "heap" | "kernels">;

/**
 * Runs a part of a call in a heap that holds the numbers of the call only where its operands are read, and elsewhere large
 * numbers of one sign.
 *
 * @returns the heap's words from `START` on before and after
 */
function runIn({ heap, kernels }: Runner, call: PlacedCall, part: readonly [number, number], sign: 1 | -1) {
  const { operation, tensors, end } = call;
  const isRead = marksOf(call, part, "input", "state");
  const values = new Float32Array(end - START);
  for (const [argument, tensor] of tensors) {
    const at = operation.arguments[argument] - START;
    if (tensor.values !== undefined) values.set(tensor.values, at);
    if (tensor.bytes !== undefined) new Uint8Array(values.buffer, at * 4).set(tensor.bytes);
  }
  const noise = values.map((_, i) => sign * (1000 + ((i * 37) % 1000)));
  const [given, other] = [new Uint32Array(values.buffer), new Uint32Array(noise.buffer)];
  const before = given.map((word, i) => (isRead[i] === 1 ? word : other[i]));
  const words = new Uint32Array(heap.buffer).subarray(START, end);
  words.set(before);
  const kernel: (...args: number[]) => void = kernels[operation.kernel];
  kernel(...part, ...operation.arguments);
  return { before, after: words.slice() };
}

/** The first access of a part of a call that its operands do not name; undefined where there is none. */
function untold(runner: Runner, call: PlacedCall, part: readonly [number, number]): string | undefined {
  const isWritten = marksOf(call, part, "output", "state");
  const isScratch = marksOf(call, part, "scratch");
  const high = runIn(runner, call, part, 1);
  const low = runIn(runner, call, part, -1);
  for (const [i, word] of high.after.entries()) {
    if (isScratch[i] === 1) continue;
    if (isWritten[i] === 0 && word !== high.before[i]) return "writes more";
    if (isWritten[i] === 1 && word !== low.after[i]) return "writes less, or reads more";
  }
  return undefined;
}

/** Small calls of each kernel, evenly out of the table. */
function someCalls(): KernelCall[] {
  return [...callsByKernel().values()].flatMap((all) => {
    const calls = all.filter((call) => placed(call, js.kernels).end <= LARGEST);
    const count = Math.min(RUNS, calls.length);
    return Array.from({ length: count }, (_, i) => calls[Math.floor((i * calls.length) / count)]);
  });
}

describe.each(["js", "simd"] as const)("on %s", async (name) => {
  const engine = await createEngine(LARGEST, { engine: name }, true);

  it("kernels write what their operands say, and read nothing else that matters", () => {
    const calls = someCalls();
    expect(new Set(calls.map(({ kernel }) => kernel))).toEqual(new Set(Object.keys(js.kernels)));
    for (const call of calls) {
      for (const part of partsOf(call.extent)) {
        const fault = untold(engine, placed(call, js.kernels), part);
        if (fault !== undefined) expect.fail(`${call.kernel}, ${call.label}, ${part.join(" to ")}: ${fault}`);
      }
    }
  });
});

describe("a kernel that does not as its operands say is found where it", async () => {
  const engine = await createEngine(LARGEST, { engine: "js" });
  const { heap } = engine;
  const { sigmoid_forward: relu } = engine.kernels;
  const call = CALLS.find(({ kernel, extent }) => kernel === "sigmoid_forward" && extent > 2);
  if (call === undefined) throw new Error("no call of sigmoid_forward");

  type Relu = typeof relu;
  const broken: readonly (readonly [name: string, fault: string, kernel: Relu])[] = [
    [
      "writes past its part",
      "writes more",
      (begin, end, x, y, size) => {
        relu(begin, end, x, y, size);
        heap[y + end * size] = 0;
      },
    ],
    [
      "writes its input",
      "writes more",
      (begin, end, x, y, size) => {
        relu(begin, end, x, y, size);
        heap[x + begin * size] = -7;
      },
    ],
    [
      "leaves out an element",
      "writes less, or reads more",
      (begin, end, x, y, size) => relu(begin + 1, end, x, y, size),
    ],
    [
      "reads past its part",
      "writes less, or reads more",
      (begin, end, x, y, size) => {
        relu(begin, end, x, y, size);
        heap[y + begin * size] += heap[x + end * size];
      },
    ],
  ];

  it.each(broken)("%s", (_name, fault, sigmoid_forward) => {
    const kernels: Kernels = { ...engine.kernels, sigmoid_forward };
    expect(untold({ heap, kernels }, placed(call, js.kernels), [0, 2])).toBe(fault);
  });
});
