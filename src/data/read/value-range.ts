/**
 * The values of black and white in a data set whose format does not tell them.
 *
 * @module
 */

import { isUint8Array } from "../../numeric/array-kinds.ts";
import type { Pixels } from "../pixels.ts";
import { BYTES, type PixelScaling, shortNumber, UNIT } from "../scaling.ts";

/** The range of pixels. */
export interface ValueRange {
  readonly lowest: number;
  readonly highest: number;
}

/** Black and white of training data, and what is to be said about them. */
export interface DecidedScaling {
  readonly scaling: PixelScaling;
  /** A note for people on the decision; undefined where the pixels are bytes from 0 to 255. */
  readonly note: string | undefined;
}

/** Values that are looked at for outliers, spread over all. */
const SAMPLE = 2 ** 18;

/** Outliers are at most this share of the values. */
const OUTLIER_SHARE = 1e-3;

/** An outlier is so many ranges of the other values away from them. */
const OUTLIER_RANGES = 3;

/** Ranges that count as pixels from 0 to 1 and from 0 to 255: resampling may overshoot by a quarter, and pictures may be dark. */
const IS_UNIT = { least: -0.25, darkest: 0.25, most: 1.25 };
const IS_BYTES = { least: -64, darkest: 64, most: 320 };

/** Lowest and highest of some pixels. */
export function rangeOf(pixels: Pixels): ValueRange {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  const isBytes = isUint8Array(pixels);
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] < lowest) lowest = pixels[i];
    if (pixels[i] > highest) highest = pixels[i];
    // Most bytes show their range in the first image.
    if (isBytes && lowest === 0 && highest === 255) break;
  }
  return { lowest, highest };
}

/**
 * Decides by the pixels of a whole training set which of their values is black and which is white.
 *
 * - From 0 to 1, give or take a quarter, with something brighter than 0.25: 0 and 1.
 * - From 0 to 255, give or take 64, with something brighter than 64: 0 and 255. So bytes stay, though they may be dark.
 * - Else the lowest and the highest value, but for sparse outliers (one of 1000 values, three ranges away from all others).
 *   Black is 0 where nothing is below it, and the lowest value is below a quarter of the highest.
 *
 * @param sample values that stand for all where `pixels` only have their range; default: some of the pixels
 */
export function decideScaling(pixels: Pixels, sample?: Float32Array): DecidedScaling {
  const whole = rangeOf(pixels);
  const { lowest, highest } = whole;
  if (!Number.isFinite(highest - lowest)) return { scaling: BYTES, note: undefined };
  const inner = isUint8Array(pixels) ? whole : withoutOutliers(sample?.slice() ?? sampleOf(pixels), whole);
  const scaling = scalingOf(inner);
  const range = `pixels from ${shortNumber(lowest)} to ${shortNumber(highest)}`;
  if (scaling === BYTES) {
    const isPlain = lowest >= 0 && highest <= 255 && (highest >= 128 || highest === 0);
    return { scaling, note: isPlain ? undefined : `${range} are taken for 0 to 255, and stay as they are` };
  }
  const white = shortNumber(scaling.base + 255 / scaling.factor);
  if (inner.highest < highest || inner.lowest > lowest) {
    const isOutside = (value: number) => value < inner.lowest || value > inner.highest;
    let outside = 0;
    for (let i = 0; i < pixels.length; i++) if (isOutside(pixels[i])) outside += 1;
    const few = sample === undefined ? `${outside} of ${pixels.length}` : "few";
    const others = `without regard to ${few} outside of that (${range.replace("pixels ", "")})`;
    return {
      scaling,
      note: `pixels from ${shortNumber(scaling.base)} to ${white} are stretched to 0 to 255, ${others}`,
    };
  }
  if (scaling !== UNIT) {
    return { scaling, note: `pixels from ${shortNumber(scaling.base)} to ${white} are stretched to 0 to 255` };
  }
  const isWhole = lowest === 0 && highest === 1;
  return { scaling, note: `${range} are ${isWhole ? "" : "taken for 0 to 1, and "}brought to 0 to 255` };
}

function scalingOf({ lowest, highest }: ValueRange): PixelScaling {
  const isIn = ({ least, darkest, most }: typeof IS_UNIT) => lowest >= least && highest >= darkest && highest <= most;
  if (isIn(IS_UNIT)) return UNIT;
  if (isIn(IS_BYTES)) return BYTES;
  const base = lowest >= 0 && lowest < highest / 4 ? 0 : lowest;
  const factor = 255 / (highest - base);
  return Number.isFinite(factor) ? { base, factor } : BYTES;
}

/**
 * The scaling that versions up to 0.1 gave these pixels: that of 0 to 1 where all are in it, none where all are in 0 to 255, else
 * that of the range of those to train on. Models and runs of those versions go on with it.
 */
export function formerScaling(train: ValueRange, test: ValueRange | undefined): PixelScaling {
  const { lowest, highest } = train;
  const isIn = (high: number) =>
    [train, test].every((range) => range === undefined || (range.lowest >= 0 && range.highest <= high));
  if (!Number.isFinite(highest - lowest) || highest === lowest) return BYTES;
  if (isIn(1)) return UNIT;
  return isIn(255) ? BYTES : { base: lowest, factor: 255 / (highest - lowest) };
}

/** The range without single values that are far from all others. */
function withoutOutliers(values: Float32Array, { lowest, highest }: ValueRange): ValueRange {
  const sample = values.sort();
  // The ground, which is often most of an image, says nothing about where the others end.
  const aboveGround = sample.subarray(sample.findIndex((value) => value > sample[0]));
  const belowGround = sample.subarray(0, sample.indexOf(sample[sample.length - 1]));
  const high = aboveGround.at(-1 - Math.floor(OUTLIER_SHARE * aboveGround.length)) ?? highest;
  const low = belowGround.at(Math.floor(OUTLIER_SHARE * belowGround.length)) ?? lowest;
  const far = OUTLIER_RANGES * (high - low);
  if (!(far > 0)) return { lowest, highest };
  return { lowest: low - lowest > far ? low : lowest, highest: highest - high > far ? high : highest };
}

/** Values from all over the pixels, the same ones each time: steps of the golden ratio leave no gaps. */
function sampleOf(pixels: Pixels): Float32Array {
  const { length } = pixels;
  if (length <= SAMPLE) return Float32Array.from(pixels);
  return Float32Array.from({ length: SAMPLE }, (_, i) => pixels[placeOf(i, length)]);
}

const STEP = (Math.sqrt(5) - 1) / 2;

function placeOf(i: number, length: number): number {
  return Math.floor(((i * STEP) % 1) * length);
}

/** The places of those values among so many, in ascending order. */
export function sampledPlaces(length: number): Float64Array {
  if (length <= SAMPLE) return Float64Array.from({ length }, (_, i) => i);
  return Float64Array.from({ length: SAMPLE }, (_, i) => placeOf(i, length)).sort();
}
