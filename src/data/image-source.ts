import { InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import { asPixels } from "../numeric/array-kinds.ts";
import type { OptionKind } from "../options/kinds.ts";
import type { ReadImages } from "./dataset.ts";
import type { Pixels } from "./pixels.ts";

/** Some images as a source gives them: their pixels `[n, h, w, c]`, or an object with these and their labels or targets. */
export type GivenImages = Pixels | Uint8ClampedArray | ReadImages;

/** Images that can be read in any order, as a map-style dataset of PyTorch. */
export interface ImageSource {
  /** Number of images. */
  readonly length: number;
  /** Gives the images at some indices, in that order, at once or later. */
  read(indices: Uint32Array): GivenImages | Promise<GivenImages>;
}

/**
 * Batches of images of any sizes, one after the other, as an iterable-style dataset of PyTorch. Each epoch, and each evaluation, begins
 * with the first batch again: so it has to be a function that gives a new iterable, or an iterable that can be gone through many times.
 */
export type ImageBatches = AsyncIterable<GivenImages> | (() => AsyncIterable<GivenImages>);

/** A source of images. */
export const SOURCE: OptionKind<ImageSource | ImageBatches, ImageSource | ImageBatches> = {
  field: "value",
  wanted: "{ length, read(indices) }, an async iterable, or a function that gives one",
  read(who, key, value) {
    if (isSource(value) || isBatches(value)) return value;
    throw new InputTypeError(who, `${key} as ${this.wanted}`, shown(value));
  },
};

/** True for images that can be read in any order. */
export function isSource(value: unknown): value is ImageSource {
  return typeof value === "object" && value !== null && "read" in value && typeof value.read === "function";
}

function isBatches(value: unknown): value is ImageBatches {
  return typeof value === "function" || (typeof value === "object" && value !== null && Symbol.asyncIterator in value);
}

/** The images that a source gave, as an object. */
export function readImages(who: string, given: unknown): ReadImages {
  const pixels = asPixels(given);
  if (pixels !== undefined) return { images: pixels };
  const images = isRecord(given) ? asPixels(given.images) : undefined;
  if (images === undefined || !isImages(given))
    throw new InputTypeError(
      `${who}: read`,
      "pixels as a Uint8Array or a Float32Array, or an object with them",
      shown(given),
    );
  return { ...given, images };
}

function isImages(given: unknown): given is ReadImages {
  return isRecord(given);
}
