import { isFloat32Array } from "../../numeric/array-kinds.ts";
import type { Pixels } from "../dataset.ts";
import type { Parts } from "./parts.ts";

/** The range of pixels. */
interface Range {
  readonly lowest: number;
  readonly highest: number;
}

function rangeOf(pixels: Pixels): Range {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] < lowest) lowest = pixels[i];
    if (pixels[i] > highest) highest = pixels[i];
  }
  return { lowest, highest };
}

/**
 * Brings pixels that are no bytes to the unit of bytes, 0 to 255, for which networks scale their input.
 *
 * Values from 0 to 1 become 255 times as much; others are stretched by the range of the training images, which those to
 * test on may then leave. Bytes that go beyond 1, and floats from 0 to 255, stay.
 *
 * @returns the parts, and what was done, for people
 */
export function stretched(parts: Parts): { parts: Parts; note: string | undefined } {
  const { train, test } = parts;
  const ranges = [train, test].flatMap((part) => (part === undefined ? [] : [rangeOf(part.images)]));
  const { lowest, highest } = ranges[0];
  const isIn = (low: number, high: number) => ranges.every((range) => range.lowest >= low && range.highest <= high);
  if (!Number.isFinite(highest - lowest) || highest === lowest) return { parts, note: undefined };
  if (!isIn(0, 1) && isIn(0, 255)) return { parts, note: undefined };
  const [base, factor] = isIn(0, 1) ? [0, 255] : [lowest, 255 / (highest - lowest)];
  const stretch = (pixels: Pixels) => {
    // In place, where the numbers stay floats: they were made by a reader.
    const target = isFloat32Array(pixels) ? pixels : new Float32Array(pixels.length);
    for (let i = 0; i < pixels.length; i++) target[i] = (pixels[i] - base) * factor;
    return target;
  };
  const note = isIn(0, 1) ? undefined : `pixels from ${short(lowest)} to ${short(highest)} are stretched to 0 to 255`;
  return {
    parts: {
      ...parts,
      train: train && { ...train, images: stretch(train.images) },
      test: test && { ...test, images: stretch(test.images) },
    },
    note,
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
