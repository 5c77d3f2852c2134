import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import { callsByKernel } from "../../../src/bench/calls/index.ts";
import { testKernels } from "../suite.ts";

const single = referenceBackend("float32");
const double = referenceBackend("float64");

testKernels({ float32: () => single, float64: () => double });

describe("the table of calls", () => {
  it("has some for every kernel", () => {
    expect([...callsByKernel().keys()].sort()).toEqual(Object.keys(single.kernels).sort());
  });

  it("holds only numbers that float32 holds", () => {
    for (const call of [...callsByKernel().values()].flat()) {
      for (const argument of call.args) {
        const values = typeof argument === "number" ? [argument] : (argument.values ?? []);
        for (const value of values) if (!Object.is(Math.fround(value), value)) expect.fail(`${call.label}: ${value}`);
      }
    }
  });
});

describe("the arena", () => {
  const [call] = callsByKernel().get("relu_forward") ?? [];
  const run = (kernel: (...args: number[]) => void) =>
    runCall({ kernels: { relu_forward: kernel }, heap: double.heap }, { ...call, extent: 1 });

  it("notices an output element that is not written", () => {
    expect(() => run(() => {})).toThrow('did not write "y" at 0');
  });

  it.each([1, -1])("notices a write next to an output (%d)", (side) => {
    const kernel = (_begin: number, _end: number, _x: number, y: number, size: number) => {
      double.heap.fill(0, y, y + size);
      double.heap[side > 0 ? y + size : y - 1] = Number.NaN;
    };
    expect(() => run(kernel)).toThrow("wrote outside its outputs");
  });

  it("notices the write of a NaN that was read past an input", () => {
    for (const backend of [single, double]) {
      const kernel = (_begin: number, _end: number, x: number, y: number, size: number) => {
        for (let i = 0; i <= size; i++) backend.heap[y + i] = backend.heap[x + i];
      };
      const kernels = { relu_forward: kernel };
      expect(() => runCall({ ...backend, kernels }, { ...call, extent: 1 })).toThrow("wrote outside its outputs");
    }
  });

  it("notices a write into an input", () => {
    const kernel = (_begin: number, _end: number, x: number, y: number, size: number) => {
      double.heap.fill(0, y, y + size);
      double.heap[x] += 1;
    };
    expect(() => run(kernel)).toThrow('into input "x" at 0');
  });
});
