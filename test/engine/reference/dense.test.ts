import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import {
  type DenseData,
  denseBackwardBias,
  denseBackwardData,
  denseBackwardWeights,
  denseData,
  denseForward,
} from "../../../src/bench/calls/dense.ts";
import { DENSES } from "../../../src/bench/cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

describe.each(DENSES)("$n x $inputs to $units, bias $bias", (shape) => {
  const data = denseData(shape);
  const forward = (changed: Partial<DenseData>) => resultOf(exact, denseForward(shape, { ...data, ...changed }), "y");

  it("agrees with the definition, with and without a lower bound", () => {
    const rows = Array.from({ length: shape.n }, (_, i) => data.x.slice(i * shape.inputs, (i + 1) * shape.inputs));
    const columns = Array.from({ length: shape.units }, (_, j) => data.w.filter((_, i) => i % shape.units === j));
    const wanted = rows.flatMap((row) =>
      columns.map((column, j) => dot(row, column) + (shape.bias ? data.bias[j] : 0)),
    );
    const clamped = resultOf(exact, denseForward(shape, data, 0), "y");
    for (const [i, value] of forward({}).entries()) {
      expect(value).toBeCloseTo(wanted[i], 12);
      expect(clamped[i]).toBeCloseTo(Math.max(wanted[i], 0), 12);
    }
  });

  it("has the gradients that central differences give", () => {
    const value = (changed: Partial<DenseData>) => dot(forward(changed), data.dy);
    const dx = resultOf(exact, denseBackwardData(shape, data), "dx");
    const dw = resultOf(exact, denseBackwardWeights(shape, data), "dw");
    const db = resultOf(exact, denseBackwardBias(shape, data), "db");
    expectGradient("dx", (x) => value({ x }), data.x, dx);
    expectGradient("dw", (w) => value({ w }), data.w, dw);
    if (shape.bias) expectGradient("db", (bias) => value({ bias }), data.bias, db);
  });
});
