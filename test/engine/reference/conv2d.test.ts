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
import { CONVOLUTIONS, type ConvolutionCase, DEPTHWISE } from "../../../src/bench/cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const CASES = [...CONVOLUTIONS, ...DEPTHWISE, ...DEPTHWISE.map((shape) => ({ ...shape, depthwise: false }))].map(
  (shape) => [`${shape.name}${shape.depthwise === false ? ", as conv2d" : ""}`, shape] as const,
);

/** The definition, on the input as it is: a tap outside of it counts nothing. */
function naive(shape: ConvolutionCase, { x, w, bias }: ConvolutionData): number[] {
  const { n, h, c, k, r, s, groups } = shape;
  const width = shape.w;
  const p = Math.floor((shape.padTop + h + shape.padBottom - (r - 1) * shape.dilationH - 1) / shape.strideH) + 1;
  const q = Math.floor((shape.padLeft + width + shape.padRight - (s - 1) * shape.dilationW - 1) / shape.strideW) + 1;
  const y: number[] = [];
  for (let sample = 0; sample < n; sample++) {
    for (let row = 0; row < p; row++) {
      for (let column = 0; column < q; column++) {
        for (let filter = 0; filter < k; filter++) {
          const firstChannel = Math.floor((filter * groups) / k) * (c / groups);
          let sum = 0;
          if (shape.bias === "shared") sum = bias[filter];
          if (shape.bias === "untied") sum = bias[(row * q + column) * k + filter];
          for (let tapRow = 0; tapRow < r; tapRow++) {
            for (let tapColumn = 0; tapColumn < s; tapColumn++) {
              for (let channel = 0; channel < c / groups; channel++) {
                const i = row * shape.strideH - shape.padTop + tapRow * shape.dilationH;
                const j = column * shape.strideW - shape.padLeft + tapColumn * shape.dilationW;
                if (i < 0 || i >= h || j < 0 || j >= width) continue;
                const value = x[((sample * h + i) * width + j) * c + firstChannel + channel];
                sum += value * w[((tapRow * s + tapColumn) * (c / groups) + channel) * k + filter];
              }
            }
          }
          y.push(sum);
        }
      }
    }
  }
  return y;
}

describe.each(CASES)("%s", (label, shape) => {
  const data = convolutionData(shape);
  const forward = (changed: Partial<ConvolutionData>) =>
    resultOf(exact, convolutionForward(shape, { ...data, ...changed }), "y");
  const wanted = naive(shape, data);

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
    const reached = naive(shape, { ...data, x }).map(Number.isNaN);
    expect(Array.from(y, Number.isNaN)).toEqual(reached);
  });
});
