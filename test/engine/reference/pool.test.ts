import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import { normal } from "../../../src/bench/calls/call.ts";
import {
  averagePoolBackward,
  maxPoolBackward,
  naiveMaximum,
  poolForward,
  poolInputs,
} from "../../../src/bench/calls/pool.ts";
import { POOLS, type PoolCase } from "../../../src/bench/cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

interface Window {
  /** Its elements, in row-major order, as places in x. */
  readonly places: readonly number[];
  /** Elements that a mean divides by. */
  readonly count: number;
}

/** The window of each output. */
function windowsOf({ n, c, geometry, countIncludePad }: PoolCase): Window[] {
  const { h, w, p, q, r, s, strideH, strideW, padTop, padLeft, padBottom, padRight, dilationH, dilationW } = geometry;
  return Array.from({ length: n * p * q * c }, (_, output) => {
    const channel = output % c;
    const left = (Math.floor(output / c) % q) * strideW - padLeft;
    const top = (Math.floor(output / (c * q)) % p) * strideH - padTop;
    const sample = Math.floor(output / (c * q * p));
    const places: number[] = [];
    let padding = 0;
    for (let tap = 0; tap < r * s; tap++) {
      const i = top + Math.floor(tap / s) * dilationH;
      const j = left + (tap % s) * dilationW;
      if (i >= 0 && i < h && j >= 0 && j < w) places.push(((sample * h + i) * w + j) * c + channel);
      else if (i < h + padBottom && j < w + padRight) padding++;
    }
    return { places, count: places.length + (countIncludePad ? padding : 0) };
  });
}

describe.each(POOLS.map((shape) => [shape.name, shape] as const))("%s", (label, shape) => {
  const inputs = poolInputs(shape);
  const [x] = inputs;
  const windows = windowsOf(shape);
  const dy = normal(`${label} dy`, windows.length);

  it("has something in every window", () => {
    expect(windows.every(({ places }) => places.length > 0)).toBe(true);
  });

  it("gives the maximum of each window", () => {
    for (const values of inputs) {
      const wanted = windows.map(({ places }) => Math.max(...places.map((place) => values[place])));
      expect([...resultOf(exact, poolForward("max", shape, values), "y")].map((value) => value + 0)).toEqual(
        wanted.map((value) => value + 0),
      );
      expect([...naiveMaximum(shape, values)].map((value) => value + 0)).toEqual(wanted.map((value) => value + 0));
    }
  });

  it("gives the gradient to the first maximum of each window", () => {
    for (const values of inputs) {
      const y = naiveMaximum(shape, values);
      const wanted = new Float64Array(x.length);
      windows.forEach(({ places }, output) => {
        const first = places.find((place) => values[place] === y[output]);
        wanted[first ?? -1] += dy[output];
      });
      const dx = resultOf(exact, maxPoolBackward(shape, values, y, dy), "dx");
      for (const [i, value] of dx.entries()) expect(value).toBeCloseTo(wanted[i], 12);
    }
  });

  it("gives the mean of each window", () => {
    const y = resultOf(exact, poolForward("average", shape, x), "y");
    for (const [i, { places, count }] of windows.entries()) {
      const sum = places.reduce((total, place) => total + x[place], 0);
      expect(y[i]).toBeCloseTo(sum / count, 12);
    }
  });

  it("has the gradients that central differences give", () => {
    const maximum = maxPoolBackward(shape, x, naiveMaximum(shape, x), dy);
    const forward = (kind: "max" | "average") => (point: Float64Array) =>
      dot(resultOf(exact, poolForward(kind, shape, point), "y"), dy);
    expectGradient("max", forward("max"), x, resultOf(exact, maximum, "dx"));
    expectGradient("average", forward("average"), x, resultOf(exact, averagePoolBackward(shape, dy), "dx"));
  });

  it("shows a NaN in every window that holds it", () => {
    const place = Math.floor(x.length / 2);
    const y = resultOf(
      exact,
      poolForward(
        "max",
        shape,
        x.map((value, i) => (i === place ? Number.NaN : value)),
      ),
      "y",
    );
    expect(Array.from(y, Number.isNaN)).toEqual(windows.map(({ places }) => places.includes(place)));
  });
});
