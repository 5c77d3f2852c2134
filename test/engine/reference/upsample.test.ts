import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import { normal } from "../../../src/bench/calls/call.ts";
import { type UpsampleKind, upsampleBackward, upsampleForward } from "../../../src/bench/calls/upsample.ts";
import { UPSAMPLINGS, type UpsampleCase } from "../../../src/bench/cases.ts";
import { dot, expectGradient, resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

/** The share of input `pixel` in output `place`, on an axis of `length` inputs. */
type Share = (place: number, pixel: number, size: number, length: number) => number;

const SHARES: Readonly<Record<UpsampleKind, Share>> = {
  nearest: (place, pixel, size) => (Math.floor(place / size) === pixel ? 1 : 0),
  // A tent of one pixel to each side; an output beyond the outermost centres counts as at them.
  bilinear(place, pixel, size, length) {
    const at = Math.min(Math.max((2 * place + 1 - size) / (2 * size), 0), length - 1);
    return Math.max(1 - Math.abs(at - pixel), 0);
  },
  // The same, with the outermost outputs on the outermost pixels.
  aligned(place, pixel, size, length) {
    const at = (place * (length - 1)) / Math.max(length * size - 1, 1);
    return Math.max(1 - Math.abs(at - pixel), 0);
  },
};

/** Every output as a sum over all pixels of its image. */
function byDefinition(share: Share, [n, h, w, c, sizeH, sizeW]: UpsampleCase, x: Float64Array): Float64Array {
  const [lines, places] = [h * sizeH, w * sizeW];
  return Float64Array.from({ length: n * lines * places * c }, (_, output) => {
    const channel = output % c;
    const place = Math.floor(output / c) % places;
    const line = Math.floor(output / (c * places)) % lines;
    const sample = Math.floor(output / (c * places * lines));
    let sum = 0;
    for (let pixel = 0; pixel < h * w; pixel++) {
      const [row, column] = [Math.floor(pixel / w), pixel % w];
      sum += share(line, row, sizeH, h) * share(place, column, sizeW, w) * x[(sample * h * w + pixel) * c + channel];
    }
    return sum;
  });
}

describe.each(["nearest", "bilinear", "aligned"] as const)("%s upsampling", (kind) => {
  it.each(UPSAMPLINGS.map((shape) => [shape.join(), shape] as const))(
    "of %s is as defined, and its gradient",
    (_, shape) => {
      const [n, h, w, c, sizeH, sizeW] = shape;
      const x = normal("x", n * h * w * c);
      const dy = normal("dy", x.length * sizeH * sizeW);
      const y = resultOf(exact, upsampleForward(kind, shape, x), "y");
      const wanted = byDefinition(SHARES[kind], shape, x);
      expect(y).toHaveLength(wanted.length);
      for (const [i, value] of y.entries()) expect(value).toBeCloseTo(wanted[i], 12);
      const value = (point: Float64Array) => dot(resultOf(exact, upsampleForward(kind, shape, point), "y"), dy);
      expectGradient("dx", value, x, resultOf(exact, upsampleBackward(kind, shape, dy), "dx"));
    },
  );

  // Aligned outputs that lie on a pixel have none of its neighbour, which makes of infinity what is not a number.
  it.skipIf(kind === "aligned")("keeps infinities to the outputs beside them", () => {
    const x = new Float64Array(9).fill(1);
    x[4] = Number.POSITIVE_INFINITY;
    const y = resultOf(exact, upsampleForward(kind, [1, 3, 3, 1, 2, 2], x), "y");
    const reach = kind === "nearest" ? [2, 3] : [1, 4];
    for (const [i, value] of y.entries()) {
      const [line, place] = [Math.floor(i / 6), i % 6];
      const isBeside = [line, place].every((at) => at >= reach[0] && at <= reach[1]);
      expect(value).toBe(isBeside ? Number.POSITIVE_INFINITY : 1);
    }
  });
});
