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

/** The elements of x in the window of each output, in row-major order, as places in x. */
function windowsOf({ n, c, geometry }: PoolCase): number[][] {
  const { h, w, p, q, r, s, strideH, strideW, padTop, padLeft } = geometry;
  return Array.from({ length: n * p * q * c }, (_, output) => {
    const channel = output % c;
    const left = (Math.floor(output / c) % q) * strideW - padLeft;
    const top = (Math.floor(output / (c * q)) % p) * strideH - padTop;
    const sample = Math.floor(output / (c * q * p));
    const places: number[] = [];
    for (let i = top; i < top + r; i++) {
      for (let j = left; j < left + s; j++) {
        if (i >= 0 && i < h && j >= 0 && j < w) places.push(((sample * h + i) * w + j) * c + channel);
      }
    }
    return places;
  });
}

describe.each(POOLS.map((shape) => [shape.name, shape] as const))("%s", (label, shape) => {
  const inputs = poolInputs(shape);
  const [x] = inputs;
  const windows = windowsOf(shape);
  const dy = normal(`${label} dy`, windows.length);

  it("has something in every window", () => {
    expect(windows.every((places) => places.length > 0)).toBe(true);
  });

  it("gives the maximum of each window", () => {
    for (const values of inputs) {
      const wanted = windows.map((places) => Math.max(...places.map((place) => values[place])));
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
      windows.forEach((places, output) => {
        const first = places.find((place) => values[place] === y[output]);
        wanted[first ?? -1] += dy[output];
      });
      const dx = resultOf(exact, maxPoolBackward(shape, values, y, dy), "dx");
      for (const [i, value] of dx.entries()) expect(value).toBeCloseTo(wanted[i], 12);
    }
  });

  it("gives the mean of each window", () => {
    const y = resultOf(exact, poolForward("average", shape, x), "y");
    for (const [i, places] of windows.entries()) {
      const sum = places.reduce((total, place) => total + x[place], 0);
      expect(y[i]).toBeCloseTo(sum / places.length, 12);
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
    expect(Array.from(y, Number.isNaN)).toEqual(windows.map((places) => places.includes(place)));
  });
});
