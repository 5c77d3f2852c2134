import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import type { KernelCall } from "../../../src/bench/calls/call.ts";
import {
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionData,
  convolutionForward,
} from "../../../src/bench/calls/convolution.ts";
import {
  isWinograd,
  winogradBackwardData,
  winogradBackwardWeights,
  winogradForward,
} from "../../../src/bench/calls/winograd.ts";
import { CONVOLUTIONS } from "../../../src/bench/convolution-cases.ts";
import { createReferenceKernels } from "../../../src/engine/reference/index.ts";
import { resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const CASES = CONVOLUTIONS.filter(isWinograd).map((shape) => [shape.name, shape] as const);

describe.each(CASES)("%s", (_name, shape) => {
  const data = convolutionData(shape);

  function expectSame(actual: KernelCall, wanted: KernelCall, result: string): void {
    const values = resultOf(exact, wanted, result);
    const got = resultOf(exact, actual, result);
    expect(got.length).toBe(values.length);
    for (const [i, value] of values.entries()) expect(Math.abs(got[i] - value)).toBeLessThan(1e-12);
  }

  // Those of conv2d.ts are tested against the definition and central differences.
  it("agrees with the convolution of padded images, forward and backward", () => {
    expectSame(winogradForward(shape, data), convolutionForward(shape, data), "y");
    expectSame(winogradForward(shape, data, 0), convolutionForward(shape, data, 0), "y");
    expectSame(winogradBackwardData(shape, data), convolutionBackwardData(shape, data), "dx");
    expectSame(winogradBackwardWeights(shape, data), convolutionBackwardWeights(shape, data), "dw");
  });
});

describe("winograd_filters", () => {
  /** The filter as a polynomial in two variables, over the product of a point's distances to the other points. */
  const points = [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2];
  const basis = points.map((x) => {
    const distances = points.filter((other) => other !== x).map((other) => x - other);
    const norm = distances.reduce((product, distance) => product * distance, 1);
    return [1, x, x * x].map((power) => power / norm);
  });
  const rows = [...basis, [0, 0, 1]];

  it.each([0, 1])("evaluates the filters at the 36 points, reversed: %d", (reversed) => {
    const heap = new Float64Array(2 * 45 * 16);
    const taps = Float64Array.from({ length: 2 * 9 * 16 }, (_, i) => ((i * 37) % 101) - 50);
    heap.set(taps);
    createReferenceKernels(heap).winograd_filters(0, 2, 0, taps.length, 2, reversed, 0);
    for (let i = 0; i < 2 * 36 * 16; i++) {
      const [panel, point, place] = [Math.floor(i / 576), Math.floor(i / 16) % 36, i % 16];
      let value = 0;
      for (let tap = 0; tap < 9; tap++) {
        const from = taps[(panel * 9 + (reversed === 1 ? 8 - tap : tap)) * 16 + place];
        value += rows[Math.floor(point / 6)][Math.floor(tap / 3)] * rows[point % 6][tap % 3] * from;
      }
      expect(heap[taps.length + i]).toBeCloseTo(value, 10);
    }
  });
});
