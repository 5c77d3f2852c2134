import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../../src/bench/arena.ts";
import { integers, normal } from "../../../src/bench/calls/call.ts";
import {
  augmentCall,
  IDENTITY,
  normalizeBytes,
  normalizeFloats,
  someTransforms,
  type Transform,
} from "../../../src/bench/calls/input.ts";
import { padCallOf } from "../../../src/bench/calls/pad.ts";
import { IMAGES } from "../../../src/bench/cases.ts";
import { resultOf } from "../gradient.ts";

const exact = referenceBackend("float64");

describe.each(IMAGES)("%d images of %d x %d x %d", (n, h, w, c) => {
  const shape = [n, h, w, c] as const;
  const x = normal("images", n * h * w * c);
  const fill = normal("fill", c);
  const augment = (transform: Partial<Transform>) => {
    const transforms = new Array<Transform>(n).fill({ ...IDENTITY, ...transform });
    return [...resultOf(exact, augmentCall(shape, x, transforms, fill), "y")];
  };

  /** The image whose pixel (i, j) is that of x at `source(i, j)`, or the fill where there is none. */
  function moved(source: (i: number, j: number) => readonly [number, number] | undefined): number[] {
    return Array.from(x, (_, index) => {
      const channel = index % c;
      const [row, column] = source(Math.floor(index / (c * w)) % h, Math.floor(index / c) % w) ?? [-1, -1];
      if (row < 0 || row >= h || column < 0 || column >= w) return fill[channel];
      return x[((Math.floor(index / (c * w * h)) * h + row) * w + column) * c + channel];
    });
  }

  it("scales and shifts bytes by channel", () => {
    const bytes = Uint8Array.from(integers("bytes", x.length, 256));
    const [scale, shift] = [normal("scale", c), normal("shift", c)];
    const wanted = [...bytes].map((byte, i) => byte * scale[i % c] + shift[i % c]);
    expect([...resultOf(exact, normalizeBytes(shape, bytes, scale, shift), "y")]).toEqual(wanted);
    const single = resultOf(referenceBackend("float32"), normalizeBytes(shape, bytes, scale, shift), "y");
    expect([...single]).toEqual(wanted.map(Math.fround));
  });

  it("scales and shifts floats by channel", () => {
    const [scale, shift] = [normal("scale", c), normal("shift", c)];
    const wanted = [...x].map((value, i) => value * scale[i % c] + shift[i % c]);
    expect([...resultOf(exact, normalizeFloats(shape, x, scale, shift), "y")]).toEqual(wanted);
  });

  it("copies exactly under the identity", () => {
    expect(augment({})).toEqual([...x]);
  });

  it.each([
    [1, 0],
    [-1, 2],
    [0, -3],
    [-50, 1],
  ])("shifts by whole pixels exactly (%d down, %d across)", (down, across) => {
    expect(augment({ tx: -across, ty: -down })).toEqual(moved((i, j) => [i - down, j - across]));
  });

  it("flips exactly", () => {
    expect(augment({ a: -1, tx: w - 1 })).toEqual(moved((i, j) => [i, w - 1 - j]));
  });

  it("turns by 90 degrees about the middle of a square exactly", () => {
    // Only the largest square at the top left stays inside.
    const size = Math.min(h, w);
    const inside = (i: number, j: number) => i < size && j < size;
    const turned = augment({ a: 0, b: 1, tx: 0, c: -1, d: 0, ty: size - 1 });
    const wanted = moved((i, j) => [size - 1 - j, i]);
    turned.forEach((value, index) => {
      if (inside(Math.floor(index / (c * w)) % h, Math.floor(index / c) % w)) expect(value).toBe(wanted[index]);
    });
  });

  it.each([
    [0.25, 0.5],
    [-0.25, -0.75],
    [-1.5, 1.125],
  ])("blends the four pixels around a point (%d across, %d down)", (tx, ty) => {
    const [j0, i0] = [Math.floor(tx), Math.floor(ty)];
    const [across, down] = [tx - j0, ty - i0];
    const corners = [
      { image: moved((i, j) => [i + i0, j + j0]), weight: (1 - down) * (1 - across) },
      { image: moved((i, j) => [i + i0, j + j0 + 1]), weight: (1 - down) * across },
      { image: moved((i, j) => [i + i0 + 1, j + j0]), weight: down * (1 - across) },
      { image: moved((i, j) => [i + i0 + 1, j + j0 + 1]), weight: down * across },
    ];
    augment({ tx, ty }).forEach((value, index) => {
      const wanted = corners.reduce((sum, { image, weight }) => sum + weight * image[index], 0);
      expect(value).toBeCloseTo(wanted, 12);
    });
  });

  it("fills the part that is cut out", () => {
    const [top, left, bottom, right] = [1, 0, h - 1, 2];
    const cut = (i: number, j: number) => i >= top && i < bottom && j >= left && j < right;
    expect(augment({ top, left, bottom, right })).toEqual(moved((i, j) => (cut(i, j) ? undefined : [i, j])));
  });

  it("gives each image its own transform", () => {
    const transforms = someTransforms(n, h, w);
    const together = resultOf(exact, augmentCall(shape, x, transforms, fill), "y");
    const size = h * w * c;
    transforms.forEach((transform, i) => {
      const image = x.slice(i * size, (i + 1) * size);
      const alone = resultOf(exact, augmentCall([1, h, w, c], image, [transform], fill), "y");
      expect([...together.subarray(i * size, (i + 1) * size)]).toEqual([...alone]);
    });
  });

  it("fills where a point is nowhere", () => {
    for (const tx of [Number.NaN, Number.POSITIVE_INFINITY, -1e30]) {
      const y = augment({ tx });
      expect(y.every((value, i) => value === fill[i % c])).toBe(true);
    }
  });

  it("pads with zeros", () => {
    const [top, left, hp, wp] = [2, 1, h + 3, w + 4];
    const y = resultOf(exact, padCallOf(shape, x, [top, left], [hp, wp]), "y");
    const wanted = Array.from(y, (_, index) => {
      const i = (Math.floor(index / (c * wp)) % hp) - top;
      const j = (Math.floor(index / c) % wp) - left;
      if (i < 0 || i >= h || j < 0 || j >= w) return 0;
      return x[((Math.floor(index / (c * wp * hp)) * h + i) * w + j) * c + (index % c)];
    });
    expect([...y]).toEqual(wanted);
  });
});
