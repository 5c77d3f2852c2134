/**
 * The built-in data set: digits that the program writes itself, any number of them, from a seed.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { permutation, RandomStream } from "../../numeric/random.ts";
import { whole } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions, type ValuesOf } from "../../options/schema.ts";
import { parseGlyph, warp, writeStrokes } from "./distort.ts";
import { drawInk, SIDE } from "./draw.ts";
import { Draws } from "./draws.ts";
import { GLYPHS } from "./glyphs.ts";
import { PenPath } from "./path.ts";

const MAX_COUNT = 2_000_000;
const MAX_END = 2 ** 32;

/** The digits to generate. */
export const DIGITS = {
  /** Number of digits. */
  count: { kind: whole(1, MAX_COUNT), default: 10_000 },
  /** Seed of the digits: each has its own endless sequence of them. */
  seed: { kind: whole(0), default: 0 },
  /** Place of the first digit in the sequence, whose end with the last one is at most 2^32. */
  start: { kind: whole(0, MAX_END - 1), default: 0 },
} as const satisfies OptionSchema;

/** The digits to generate: their number, seed and start. */
export interface DigitsOptions extends OptionsOf<typeof DIGITS> {}

/** The digits to generate, with the defaults of what is not given. */
export type DigitsRange = ValuesOf<typeof DIGITS>;

/**
 * The options of digits, checked and complete.
 *
 * @throws TypeError, RangeError for a wrong one
 */
export function readDigits(who: string, options: DigitsOptions): DigitsRange {
  const read = readOptions(who, DIGITS, options);
  const { count, start } = read;
  if (start + count <= MAX_END) return read;
  throw new InputRangeError(who, `start and count to be at most ${MAX_END} together`, `${start + count}`);
}

/** Images and labels in order. */
export interface Digits {
  /** `count * 784` bytes: 28x28 pixels each, rows from the top, white strokes (255) on black (0). */
  readonly images: Uint8Array;
  /** `count` bytes from 0 to 9. */
  readonly labels: Uint8Array;
}

const PIXELS = SIDE * SIDE;
/** Labels in a block, in which every digit comes equally often, in random order. */
const BLOCK = 100;

/** Per digit: how common each style is, and its strokes. */
const STYLES = GLYPHS.map((styles) => ({
  weights: Float64Array.from(styles, (style) => style.weight),
  glyphs: styles.map((style) => parseGlyph(style.strokes)),
}));

/**
 * Draws handwritten digits in the manner of MNIST: strokes in several writing styles per digit, distorted, fitted to a
 * box of 20x20 pixels and centred by mass in 28x28.
 *
 * Digit number i of a seed is always the same image and label, whatever range it is asked for in and on every engine. So
 * a long sequence can be made in pieces, and disjoint ranges make disjoint sets for training and testing. Every 100 digits
 * from a multiple of 100 hold each class ten times.
 *
 * @throws TypeError, RangeError for a wrong option
 *
 * @example
 * const train = generateDigits({ count: 1000, seed: 1 });
 * const test = generateDigits({ count: 200, seed: 1, start: 1000 });
 */
export function generateDigits(options: DigitsOptions = {}): Digits {
  const { count, seed, start } = readDigits("generateDigits", options);
  const labelStream = RandomStream.from(seed, "digits/labels");
  const drawStream = RandomStream.from(seed, "digits/drawing");
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  const path = new PenPath();
  let block = -1;
  let order: Uint32Array = new Uint32Array(0);
  for (let i = 0; i < count; i++) {
    const index = start + i;
    if (Math.floor(index / BLOCK) !== block) {
      block = Math.floor(index / BLOCK);
      order = permutation(BLOCK, labelStream.child(block));
    }
    const label = order[index % BLOCK] % STYLES.length;
    const { weights, glyphs } = STYLES[label];
    const draws = new Draws(drawStream.child(index));
    writeStrokes(glyphs[draws.choose(weights)], draws, path);
    warp(path, draws);
    drawInk(path, draws, images.subarray(i * PIXELS, (i + 1) * PIXELS));
    labels[i] = label;
  }
  return { images, labels };
}
