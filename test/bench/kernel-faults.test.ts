import { describe, expect, it } from "vitest";
import { type Backend, referenceBackend } from "../../src/bench/arena.ts";
import { expectationOf } from "../../src/bench/bound.ts";
import type { KernelCall } from "../../src/bench/calls/call.ts";
import { callsByKernel } from "../../src/bench/calls/index.ts";
import { findFault } from "../../src/bench/kernel-faults.ts";

const exact = referenceBackend("float64");
const good = referenceBackend("float32");

type Kernel = (...args: number[]) => unknown;

/** The reference with one kernel replaced. */
function broken(name: string, breakIt: (kernel: Kernel) => Kernel): Backend {
  return { heap: good.heap, kernels: { ...good.kernels, [name]: breakIt(good.kernels[name]) } };
}

function callOf(name: string, fits: (call: KernelCall) => boolean = () => true): KernelCall {
  const call = callsByKernel().get(name)?.find(fits);
  if (call === undefined) throw new Error(`no call of ${name}`);
  return call;
}

const fault = (backend: Backend, call: KernelCall) => findFault(backend, call, expectationOf(exact, call));

const relu = callOf("relu_forward", ({ extent }) => extent > 2);
const product = callOf("conv2d_forward", ({ extent }) => extent > 1);

describe("a kernel's faults", () => {
  it("are none in the reference", () => {
    for (const call of [relu, product]) expect(fault(good, call)).toBeUndefined();
  });

  it("name the element of a wrong result, what was expected, and what came", () => {
    const wrong = broken("conv2d_forward", (kernel) => (begin, end, ...args) => {
      kernel(begin, end, ...args);
      // The output is the sixth argument after the range.
      good.heap[args[5] + 3] *= 1.001;
    });
    const found = fault(wrong, product);
    expect(found).toMatchObject({
      kernel: "conv2d_forward",
      shape: product.label,
      check: "whole",
      array: "y",
      index: 3,
    });
    expect(Number(found?.got) / Number(found?.expected)).toBeCloseTo(1.001, 5);
    expect(found?.message).toContain(`conv2d_forward (${product.label}), whole: "y" at 3: expected`);
  });

  it("are NaN where a number should be", () => {
    const wrong = broken("relu_forward", (kernel) => (begin, end, x, y, size, ...rest) => {
      kernel(begin, end, x, y, size, ...rest);
      good.heap[y] = Number.NaN;
    });
    expect(fault(wrong, relu)).toMatchObject({ check: "whole", array: "y", index: 0, got: Number.NaN });
  });

  it("are results that depend on how the range is cut", () => {
    const wrong = broken("relu_forward", (kernel) => (begin, end, x, y, size, ...rest) => {
      kernel(begin, end, x, y, size, ...rest);
      // As if the last sample of a range were computed by other code.
      if (begin > 0) good.heap[y + begin * size] += 2 ** -20;
    });
    expect(fault(wrong, relu)).toMatchObject({ check: "cut at 1, 2", array: "y" });
  });

  it("are samples that a cut range leaves out", () => {
    const wrong = broken("relu_forward", (kernel) => (begin, end, ...args) => {
      kernel(begin, end - begin === 1 ? begin : end, ...args);
    });
    expect(fault(wrong, relu)?.message).toMatch(/^relu_forward .*, cut at 1, 2: did not write "y" at \d$/);
  });

  it("are writes next to an output", () => {
    const wrong = broken("relu_forward", (kernel) => (begin, end, x, y, size, ...rest) => {
      kernel(begin, end, x, y, size, ...rest);
      good.heap[y + end * size] = 0;
    });
    expect(fault(wrong, relu)?.message).toMatch(/^relu_forward .*, whole: wrote outside its outputs, x \+\d+, y \+1$/);
  });

  it("are results that differ in place", () => {
    const wrong = broken("relu_forward", (kernel) => (begin, end, x, y, size, ...rest) => {
      kernel(begin, end, x, y, size, ...rest);
      if (x === y) good.heap[x] += 1;
    });
    expect(fault(wrong, relu)).toMatchObject({ check: "in place", array: "y", index: 0 });
  });

  it("are traps", () => {
    const wrong = broken("relu_forward", () => () => {
      throw new WebAssembly.RuntimeError("memory access out of bounds");
    });
    expect(fault(wrong, relu)?.message).toBe(`relu_forward (${relu.label}), whole: memory access out of bounds`);
  });
});
