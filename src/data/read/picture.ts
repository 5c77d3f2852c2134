/**
 * Single pictures in the shape and unit of a model's input.
 *
 * @module
 */

import { isUint8Array } from "../../numeric/array-kinds.ts";
import { type RasterImage, resizeImage } from "../image.ts";
import type { ImageShape, Pixels } from "../pixels.ts";
import type { PixelScaling } from "../scaling.ts";
import { shapedSamples } from "../shaped-samples.ts";
import type { RawPixels } from "./raw-pixels.ts";
import { inModelUnit, inUnit, unitOf } from "./stretch.ts";

/**
 * Pixels of pictures or IDX files in a model's unit: bytes are 0 black to 255 white, 16 bits are numbers as in the training's
 * files where those were of more than 8 bits.
 *
 * @param scaling the model's; undefined stands for none
 */
export function pixelsFor(raw: RawPixels, scaling: PixelScaling | undefined): Pixels {
  return scaling === undefined ? raw.images : inModelUnit(raw, scaling).images;
}

/**
 * A picture in the shape and the unit of a model.
 *
 * @throws RangeError if the picture's sizes don't fit each other, or the shape cannot be made
 */
export function picturePixels(image: RasterImage, shape: ImageShape, scaling: PixelScaling | undefined): Pixels {
  if (scaling === undefined) return resizeImage(image, ...shape);
  const samples = shapedSamples(image, ...shape, scaling.fit);
  return pixelsFor({ ...samples, depth: isUint8Array(samples.images) ? 8 : 16 }, scaling);
}

/**
 * A picture of 16 bits as one of 8 in which black and white are where they were in a model's training data; others as they are.
 * What stands out among the first then does so in the second.
 */
export function seenImage(image: RasterImage, scaling: PixelScaling | undefined): RasterImage {
  const { channels, data } = image;
  if (isUint8Array(data) || scaling === undefined) return image;
  const samples = Float32Array.from(data);
  const isAlpha = (i: number) => channels % 2 === 0 && i % channels === channels - 1;
  const { unit } = unitOf({ images: samples.filter((_, i) => !isAlpha(i)), depth: 16 }, scaling);
  if (unit !== "training") return image;
  const colours = inUnit(samples, unit, { ...scaling, kept: false });
  const bytes = Uint8ClampedArray.from(colours, (value, i) => (isAlpha(i) ? data[i] / 257 : value));
  return { ...image, data: new Uint8Array(bytes.buffer) };
}
