import { describe, expect, it } from "vitest";
import { turnHue } from "../../src/training/hue.ts";
import { RAND_CHANGES } from "../../src/training/rand-augment.ts";
import { readGolden } from "./golden.ts";

type Shape = readonly [number, number, number];

/** Images and what torchvision makes of them, as make-augment.py writes them. */
interface Golden {
  readonly shape: Shape;
  readonly image: readonly number[];
  readonly hue: Readonly<Record<string, readonly number[]>>;
  readonly share: number;
  readonly changes: Readonly<Record<string, readonly number[]>>;
  readonly large: { readonly shape: Shape; readonly image: readonly number[]; readonly equalize: readonly number[] };
}

const { shape, image, hue, share, changes, large } = readGolden<Golden>("augment");

/** Largest difference, in the unit of bytes: float32 against float64, which is written with four digits. */
const CLOSE = 2e-4;

const apart = (got: Float32Array, wanted: readonly number[]) =>
  wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0);

function changed(name: string, of: readonly number[] = image, size: Shape = shape): Float32Array {
  const found = RAND_CHANGES.find((choice) => choice.name === name);
  if (found === undefined) throw new Error(name);
  const pixels = Float32Array.from(of);
  found.change(pixels, size, found.amount(share, size));
  return pixels;
}

describe("changes of pixels as torchvision has them", () => {
  it.each(Object.keys(hue))("hue turned by %s", (turn) => {
    const pixels = Float32Array.from(image);
    turnHue(pixels, 3, Number(turn));
    expect(apart(pixels, hue[turn])).toBeLessThan(CLOSE);
  });

  it.each(Object.keys(changes).filter((name) => name !== "autoContrast"))("%s", (name) => {
    expect(apart(changed(name), changes[name])).toBeLessThan(CLOSE);
    if (name !== "equalize") expect(apart(changed(name), image)).toBeGreaterThan(0.9);
  });

  it("autoContrast of an image that is not black and white already, and equalize of a large one", () => {
    const dull = image.map((value) => 0.2 * 255 + 0.5 * value);
    expect(apart(changed("autoContrast", dull), changes.autoContrast)).toBeLessThan(CLOSE);
    const even = changed("equalize", large.image, large.shape);
    expect(apart(even, large.equalize)).toBe(0);
    expect(apart(even, large.image)).toBeGreaterThan(1);
  });

  it("covers all of the fourteen but the one that changes nothing", () => {
    expect(
      RAND_CHANGES.map(({ name }) => name)
        .filter((name) => name !== "identity")
        .sort(),
    ).toEqual(Object.keys(changes).sort());
  });
});
