import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../src/bench/arena.ts";
import { expectationOf } from "../../src/bench/bound.ts";
import type { KernelCall } from "../../src/bench/calls/call.ts";
import {
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionData,
  convolutionForward,
} from "../../src/bench/calls/convolution.ts";
import type { ConvolutionCase } from "../../src/bench/convolution-cases.ts";
import { findFault } from "../../src/bench/kernel-faults.ts";
import { hasEngine } from "../../src/engine/engine-names.ts";
import { unshared } from "./backends.ts";
import { dot, resultOf } from "./gradient.ts";
import { randomConvolution, randomConvolutionCalls, randomPool, randomPoolCalls } from "./random-shapes.ts";
import { convolutionByDefinition } from "./reference/definition.ts";

// Node 20 knows relaxed SIMD behind a flag.
if (!hasEngine("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const exact = referenceBackend("float64");

/** Kernels in float32, each by itself so that a trap is one kernel's. */
const BACKENDS = {
  js: () => referenceBackend("float32"),
  simd: () => unshared("simd"),
  relaxed: () => unshared("relaxed"),
} as const;

/** Faults of a shape's calls on an engine. */
async function faultsOf(engine: keyof typeof BACKENDS, calls: readonly KernelCall[]): Promise<string[]> {
  const backend = await BACKENDS[engine]();
  return calls.flatMap((call) => findFault(backend, call, expectationOf(exact, call))?.message ?? []);
}

/**
 * Checks that the plain kernels are the definition, and their gradients its adjoint: <dx, x> = <y, dy> = <dw, w>
 * without bias.
 */
function expectDefinition(shape: ConvolutionCase): void {
  const data = convolutionData(shape);
  const y = resultOf(exact, convolutionForward(shape, data), "y");
  const wanted = convolutionByDefinition(shape, data);
  expect(y.length, shape.name).toBe(wanted.length);
  const worst = Math.max(...wanted.map((value, i) => Math.abs(value - y[i])));
  expect(worst, shape.name).toBeLessThan(1e-11);
  const product = dot(convolutionByDefinition({ ...shape, bias: "none" }, data), data.dy);
  const dx = resultOf(exact, convolutionBackwardData(shape, data), "dx");
  const dw = resultOf(exact, convolutionBackwardWeights(shape, data), "dw");
  expect(dot(dx, data.x), shape.name).toBeCloseTo(product, 8);
  expect(dot(dw, data.w), shape.name).toBeCloseTo(product, 8);
}

/** Tests random shapes of convolution and pooling, of the numbers from `first` on. */
export function testRandomShapes(first: number, convolutions: number, pools: number): void {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => first + i);
  const shapes = numbers(convolutions).map(randomConvolution);

  it("in plain JavaScript are what the definition says, and their gradients its adjoint", () => {
    for (const shape of shapes) expectDefinition(shape);
  });

  describe.each(Object.keys(BACKENDS).filter((engine) => engine === "js" || engine === "simd" || engine === "relaxed"))(
    "on %s are within the bound of float64, write nothing else, and do not depend on cuts:",
    (engine) => {
      it.skipIf(!hasEngine(engine))("convolutions", async () => {
        for (const shape of shapes)
          expect(await faultsOf(engine, randomConvolutionCalls(shape)), shape.name).toEqual([]);
      });

      it.skipIf(!hasEngine(engine))("pooling", async () => {
        for (const shape of numbers(pools).map(randomPool)) {
          expect(await faultsOf(engine, randomPoolCalls(shape)), shape.name).toEqual([]);
        }
      });
    },
  );
}
