import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import {
  type ConvolutionData,
  convolutionBackwardBias,
  convolutionBackwardData,
  convolutionBackwardWeights,
  convolutionData,
  convolutionForward,
} from "../../../src/bench/calls/convolution.ts";
import { CONVOLUTIONS } from "../../../src/bench/convolution-cases.ts";
import { DEPTHWISE } from "../../../src/bench/depthwise-cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";
import { convolutionByDefinition } from "./definition.ts";

const exact = referenceBackend("float64");
const CASES = [...CONVOLUTIONS, ...DEPTHWISE, ...DEPTHWISE.map((shape) => ({ ...shape, depthwise: false }))].map(
  (shape) => [`${shape.name}${shape.depthwise === false ? ", as conv2d" : ""}`, shape] as const,
);

describe.each(CASES)("%s", (label, shape) => {
  const data = convolutionData(shape);
  const forward = (changed: Partial<ConvolutionData>) =>
    resultOf(exact, convolutionForward(shape, { ...data, ...changed }), "y");
  const wanted = convolutionByDefinition(shape, data);

  it("agrees with the definition", () => {
    const y = forward({});
    expect(y.length).toBe(wanted.length);
    for (const [i, value] of y.entries()) expect(Math.abs(value - wanted[i])).toBeLessThan(1e-12);
  });

  it("clamps at the lower bound", () => {
    const y = resultOf(exact, convolutionForward(shape, data, 0), "y");
    for (const [i, value] of y.entries()) expect(Math.abs(value - Math.max(wanted[i], 0))).toBeLessThan(1e-12);
  });

  it("has the gradients that central differences give", () => {
    const dx = resultOf(exact, convolutionBackwardData(shape, data), "dx");
    expectGradient(`${label} dx`, (x) => dot(forward({ x }), data.dy), data.x, dx);
    const dw = resultOf(exact, convolutionBackwardWeights(shape, data), "dw");
    expectGradient(`${label} dw`, (w) => dot(forward({ w }), data.dy), data.w, dw);
    if (shape.bias === "none") return;
    const db = resultOf(exact, convolutionBackwardBias(shape, data), "db");
    expectGradient(`${label} db`, (bias) => dot(forward({ bias }), data.dy), data.bias, db);
  });

  it("has gradients that are adjoint to the product", () => {
    const product = dot(forward({ bias: new Float64Array(data.bias.length) }), data.dy);
    const dx = resultOf(exact, convolutionBackwardData(shape, data), "dx");
    const dw = resultOf(exact, convolutionBackwardWeights(shape, data), "dw");
    expect(dot(dx, data.x)).toBeCloseTo(product, 9);
    expect(dot(dw, data.w)).toBeCloseTo(product, 9);
  });

  it("lets NaN through", () => {
    const x = data.x.map(() => Number.NaN);
    const y = resultOf(exact, convolutionForward(shape, { ...data, x }, 0), "y");
    const reached = convolutionByDefinition(shape, { ...data, x }).map(Number.isNaN);
    expect(Array.from(y, Number.isNaN)).toEqual(reached);
  });
});
