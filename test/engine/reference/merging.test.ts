import { describe, expect, it } from "vitest";
import { referenceBackend, runCall } from "../../../src/bench/arena.ts";
import { float32, normal } from "../../../src/bench/calls/call.ts";
import {
  BINARY,
  binaryCall,
  copyColumnsCall,
  maximumBackward,
  multiplyChannels,
  multiplyChannelsBackward,
  scaleCall,
} from "../../../src/bench/calls/merging.ts";
import { COLUMNS, NORMS } from "../../../src/bench/cases.ts";
import { createReferenceKernels } from "../../../src/engine/reference/index.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");
const SIZE = [3, 7] as const;
const LENGTH = SIZE[0] * SIZE[1];

/** The formulas, other than the kernels write them. */
const FORMULAS: Record<(typeof BINARY)[number], (a: number, b: number) => number> = {
  add: (a, b) => a - -b,
  subtract: (a, b) => -(b - a),
  multiply: (a, b) => ((a + b) ** 2 - (a - b) ** 2) / 4,
  maximum: (a, b) => (a + b + Math.abs(a - b)) / 2,
};

describe.each(BINARY)("%s", (kernel) => {
  it("agrees with the formula", () => {
    const [a, b] = [normal("a", LENGTH), normal("b", LENGTH)];
    const y = resultOf(exact, binaryCall(kernel, SIZE, a, b), "y");
    for (const [i, value] of y.entries()) expect(value).toBeCloseTo(FORMULAS[kernel](a[i], b[i]), 13);
  });

  it("keeps NaN of either side", () => {
    const nan = Float64Array.of(Number.NaN, 1, Number.NaN, 2);
    const other = Float64Array.of(1, Number.NaN, Number.NaN, 3);
    const y = resultOf(exact, binaryCall(kernel, [1, 4], nan, other), "y");
    expect([...y].map(Number.isNaN)).toEqual([true, true, true, false]);
  });
});

describe("multiply", () => {
  it("of dy and the other factor is the gradient that central differences give", () => {
    const [a, b, dy] = ["a", "b", "dy"].map((name) => normal(name, LENGTH));
    const forward = (point: Float64Array) => resultOf(exact, binaryCall("multiply", SIZE, point, b), "y");
    const da = resultOf(exact, binaryCall("multiply", SIZE, dy, b), "y");
    expectGradient("multiply", (point) => dot(forward(point), dy), a, da);
  });
});

describe("scale", () => {
  it("multiplies", () => {
    const y = resultOf(exact, scaleCall([1, 3], Float64Array.of(1, -2, 8), 0.25), "y");
    expect([...y]).toEqual([0.25, -0.5, 2]);
  });
});

describe("the gradient of a maximum of three", () => {
  /** The gradients of all inputs, each from what the one before it left. */
  function gradients(inputs: readonly Float64Array[], dy: Float64Array): Float64Array[] {
    const size = [1, dy.length] as const;
    const y = inputs.reduce((a, b) => resultOf(exact, binaryCall("maximum", size, a, b), "y"));
    let rest = dy;
    return inputs.map((x, i) => {
      const results = runCall(exact, maximumBackward(size, { x, y, dy: rest }, i < inputs.length - 1));
      rest = Float64Array.from(results.get("rest") ?? []);
      return Float64Array.from(results.get("dx") ?? []);
    });
  }

  it("is what central differences give", () => {
    const inputs = ["a", "b", "c"].map((name) => normal(name, LENGTH));
    const dy = normal("dy", LENGTH);
    const found = gradients(inputs, dy);
    for (const [i, x] of inputs.entries()) {
      const value = (point: Float64Array) => {
        const all = inputs.map((input, j) => (j === i ? point : input));
        return dot(
          dy,
          dy.map((_, j) => Math.max(...all.map((each) => each[j]))),
        );
      };
      expectGradient(`input ${i}`, value, x, found[i]);
    }
  });

  it("goes to the first of equal ones, and to none where NaN is", () => {
    const inputs = [
      Float64Array.of(1, 2, 2, -0, Number.NaN, 5),
      Float64Array.of(1, 3, 1, 0, 5, 4),
      Float64Array.of(1, 3, 2, 0, 5, Number.NaN),
    ];
    const found = gradients(inputs, Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(found.map((dx) => [...dx])).toEqual([
      [1, 0, 3, 4, 0, 0],
      [0, 2, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ]);
  });
});

describe.each(NORMS)("%d images of %d positions times %d channels", (n, positions, channels) => {
  const shape = [n, positions, channels] as const;
  const x = normal("x", n * positions * channels);
  const dy = normal("dy", x.length);
  const s = normal("s", n * channels);
  const forward = (image: Float64Array, factors: Float64Array) =>
    resultOf(exact, multiplyChannels(shape, image, factors), "y");

  it("are products of pixels and the factor of their channel", () => {
    const y = forward(x, s);
    for (const [i, value] of x.entries()) {
      const sample = Math.floor(i / (positions * channels));
      expect(y[i]).toBe(value * s[sample * channels + (i % channels)]);
    }
  });

  it("have the gradients that central differences give", () => {
    // Every element of the image is asked in turn: the large ones would take long.
    if (x.length < 300) expectGradient("x", (point) => dot(forward(point, s), dy), x, forward(dy, s));
    const ds = resultOf(exact, multiplyChannelsBackward(shape, x, dy), "ds");
    expectGradient("s", (point) => dot(forward(x, point), dy), s, ds);
  });
});

describe("columns", () => {
  it.each(COLUMNS)("of %d x %d rows: %d of rows of %d to rows of %d", (n, rows, columns, xStride, yStride) => {
    const call = copyColumnsCall([n, rows, columns, xStride, yStride]);
    const [x, before] = call.args.flatMap((tensor) => (typeof tensor === "number" ? [] : [tensor.values ?? []]));
    const y = resultOf(exact, call, "y");
    expect(y.length).toBe(before.length);
    for (const [i, value] of y.entries()) {
      const [row, column] = [Math.floor(i / yStride), i % yStride];
      expect(value).toBe(column < columns ? x[row * xStride + column] : before[i]);
    }
  });

  it("lie side by side, and come apart again", () => {
    const [left, right] = [float32([1, 2, 3, 4, 5, 6]), float32([7, 8, 9, 10])];
    // Two rows of three and of two columns.
    const heap = new Float64Array(64);
    heap.set(left, 8);
    heap.set(right, 16);
    const kernels = createReferenceKernels(heap);
    kernels.copy_columns(0, 1, 8, 24, 2, 3, 5, 3);
    kernels.copy_columns(0, 1, 16, 27, 2, 2, 5, 2);
    expect([...heap.subarray(24, 34)]).toEqual([1, 2, 3, 7, 8, 4, 5, 6, 9, 10]);
    kernels.copy_columns(0, 1, 27, 40, 2, 5, 2, 2);
    expect([...heap.subarray(40, 44)]).toEqual([7, 8, 9, 10]);
  });
});
