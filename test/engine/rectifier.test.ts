import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { type Backend, referenceBackend } from "../../src/bench/arena.ts";
import { input, type KernelCall, output } from "../../src/bench/calls/call.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { unshared } from "./backends.ts";
import { resultOf } from "./gradient.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const BACKENDS: Readonly<Record<string, () => Backend | Promise<Backend>>> = {
  js: () => referenceBackend("float32"),
  simd: () => unshared("simd"),
  ...(hasEngine("relaxed") && { relaxed: () => unshared("relaxed") }),
};

const X = Float64Array.of(Number.NEGATIVE_INFINITY, -2, -0, 0, 2, 8, Number.POSITIVE_INFINITY, Number.NaN);

/** A kernel's result for one sample. */
function relu(backend: Backend, kernel: "forward" | "backward", arrays: readonly Float64Array[], scalars: number[]) {
  const tensors = arrays.map((values, i) => input(`input ${i}`, values));
  const call: KernelCall = {
    kernel: `relu_${kernel}`,
    label: "odd values",
    extent: 1,
    args: [...tensors, output("result", X.length), X.length, ...scalars],
    bound: { kind: "exact" },
  };
  return [...resultOf(backend, call, "result")];
}

describe.each(Object.keys(BACKENDS))("a ReLU on %s", (name) => {
  const none = Number.POSITIVE_INFINITY;

  it("of infinities, NaN and zeros is as defined", async () => {
    const backend = await BACKENDS[name]();
    const forward = (...scalars: number[]) => relu(backend, "forward", [X], scalars).map((value) => value + 0);
    expect(forward(none, 0)).toEqual([0, 0, 0, 0, 2, 8, none, Number.NaN]);
    expect(forward(6, 0)).toEqual([0, 0, 0, 0, 2, 6, 6, Number.NaN]);
    expect(forward(none, 0.5)).toEqual([-none, -1, 0, 0, 2, 8, none, Number.NaN]);
    expect(forward(6, 0.5)).toEqual([-none, -1, 0, 0, 2, 6, 6, Number.NaN]);
    expect(forward(none, 1)).toEqual([...X].map((value) => value + 0));
  });

  it("hands no gradient on where it holds its output down, infinite ones neither", async () => {
    const backend = await BACKENDS[name]();
    const dy = Float64Array.of(none, 1, -none, Number.NaN, 4, none, 6, 7);
    const y = Float64Array.of(0, -1, -0, 0, 2, 6, none, Number.NaN);
    const backward = (...scalars: number[]) => relu(backend, "backward", [y, dy], scalars).map((value) => value + 0);
    expect(backward(none, 0)).toEqual([0, 0, 0, 0, 4, none, 6, 0]);
    expect(backward(6, 0)).toEqual([0, 0, 0, 0, 4, 0, 0, 0]);
    expect(backward(none, 0.5)).toEqual([none, 0.5, -none, Number.NaN, 4, none, 6, 3.5]);
  });
});
