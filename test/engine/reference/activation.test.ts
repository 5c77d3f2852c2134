import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import {
  ACTIVATIONS,
  type Activation,
  activationBackward,
  activationForward,
  softmaxBackward,
  softmaxForward,
} from "../../../src/bench/calls/activation.ts";
import { normal, uniform } from "../../../src/bench/calls/call.ts";
import { ROWS } from "../../../src/bench/cases.ts";
import { erf, erfc } from "../../../src/engine/reference/erf.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const SIZE = [3, 21] as const;

/** Simpson's rule on `steps` (even) steps. */
function integral(f: (t: number) => number, from: number, to: number, steps: number): number {
  const width = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * width);
  return (sum * width) / 3;
}

// The definitions, other than the kernels write them.
const DEFINITIONS: Record<Activation["name"], (x: number) => number> = {
  relu: (x) => (x + Math.abs(x)) / 2,
  "relu, at most 4": (x) => (Math.abs(x) - Math.abs(x - 4) + 4) / 2,
  "relu, leaky": (x) => Math.max(x, 0) + Math.fround(0.01) * Math.min(x, 0),
  "relu, leaky, at most 3": (x) => Math.min(Math.max(x, 0), 3) + Math.min(x, 0) / 4,
  sigmoid: (x) => Math.exp(x) / (1 + Math.exp(x)),
  tanh: (x) => Math.sinh(x) / Math.cosh(x),
  gelu: (x) => x * (0.5 + integral((t) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI), 0, x, 2000)),
  "gelu, approximate": (x) => 0.5 * x * (1 + Math.tanh((2 / Math.PI) ** 0.5 * (x + 0.044715 * x ** 3))),
  hardSigmoid: (x) => (Math.abs(x + 3) - Math.abs(x - 3) + 6) / 12,
  silu: (x) => (x * Math.exp(x)) / (1 + Math.exp(x)),
  elu: (x) => (x > 0 ? x : 0.75 * (Math.exp(x) - 1)),
  selu: (x) => (x > 0 ? Math.fround(1.0507009873554805) * x : Math.fround(1.7580993408473768) * (Math.exp(x) - 1)),
  softplus: (x) => Math.log(1 + Math.exp(x)),
  mish: (x) => (x * ((1 + Math.exp(x)) ** 2 - 1)) / ((1 + Math.exp(x)) ** 2 + 1),
  hardSwish: (x) => (x * (Math.abs(x + 3) - Math.abs(x - 3) + 6)) / 12,
};

describe("erf", () => {
  // From Python's math.erf and math.erfc.
  it.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.9, 0.9927904292352575],
    [2, 0.9953222650189527],
    [2.1, 0.997020533343667],
    [3.5, 0.9999992569016276],
    [7, 1],
  ])("of %d", (x, value) => {
    expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
    expect(Math.abs(erf(-x) + value)).toBeLessThan(1e-15);
  });

  it.each([
    [2, 0.004677734981047265],
    [3, 2.2090496998585438e-5],
    [5, 1.5374597944280351e-12],
    [10, 2.088487583762545e-45],
    [26, 5.663192408856143e-296],
  ])("complement of %d", (x, value) => {
    expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1e-13);
  });
});

describe.each(ACTIVATIONS.map((activation) => [activation.name, activation] as const))("%s", (name, activation) => {
  // Away from 0, where ReLU has a corner.
  const x = uniform(`${name} x`, SIZE[0] * SIZE[1], -5, 5).map((value) => value + Math.sign(value) * 0.01);
  const dy = normal(`${name} dy`, x.length);

  it("agrees with the definition", () => {
    const y = resultOf(exact, activationForward(activation, SIZE, x), "y");
    for (const [i, value] of y.entries()) expect(value).toBeCloseTo(DEFINITIONS[activation.name](x[i]), 12);
  });

  it("has the gradient that central differences give", () => {
    const forward = (point: Float64Array) => resultOf(exact, activationForward(activation, SIZE, point), "y");
    const source = activation.gradientFrom === "x" ? x : forward(x);
    const dx = resultOf(exact, activationBackward(activation, SIZE, source, dy), "dx");
    expectGradient(name, (point) => dot(forward(point), dy), x, dx);
  });

  it("keeps NaN and knows its limits", () => {
    const limits: Record<Activation["name"], [number, number]> = {
      relu: [0, 1000],
      "relu, at most 4": [0, 4],
      "relu, leaky": [Math.fround(0.01) * -1000, 1000],
      "relu, leaky, at most 3": [-250, 3],
      sigmoid: [0, 1],
      tanh: [-1, 1],
      gelu: [0, 1000],
      "gelu, approximate": [0, 1000],
      hardSigmoid: [0, 1],
      hardSwish: [0, 1000],
      silu: [0, 1000],
      elu: [-0.75, 1000],
      selu: [-Math.fround(1.7580993408473768), 1000 * Math.fround(1.0507009873554805)],
      softplus: [0, 1000],
      mish: [0, 1000],
    };
    const points = Float64Array.of(-1000, 1000, Number.NaN);
    const [low, high, nan] = resultOf(exact, activationForward(activation, [1, 3], points), "y");
    expect([low + 0, high]).toEqual(limits[activation.name]);
    expect(nan).toBeNaN();
  });
});

describe.each(ROWS)("softmax of %d x %d rows of %d", (n, positions, classes) => {
  const shape = [n, positions, classes] as const;
  const x = normal("softmax x", n * positions * classes, 2);
  const forward = (point: Float64Array) => resultOf(exact, softmaxForward(shape, point), "y");

  it("agrees with the definition", () => {
    const y = forward(x);
    for (let row = 0; row < n * positions; row++) {
      const powers = Array.from(x.subarray(row * classes, (row + 1) * classes), Math.exp);
      const sum = powers.reduce((total, power) => total + power, 0);
      for (const [j, power] of powers.entries()) expect(y[row * classes + j]).toBeCloseTo(power / sum, 13);
    }
  });

  it("does not overflow", () => {
    const y = forward(x.map((value) => value + 1e4));
    for (const [i, value] of forward(x).entries()) expect(y[i]).toBeCloseTo(value, 9);
  });

  it("has the gradient that central differences give", () => {
    const dy = normal("softmax dy", x.length);
    const dx = resultOf(exact, softmaxBackward(shape, forward(x), dy), "dx");
    expectGradient("softmax", (point) => dot(forward(point), dy), x, dx);
  });
});
