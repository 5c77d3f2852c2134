import { fitSamples } from "./fit-samples.ts";
import { levelOf, type RasterImage, resizeImage } from "./image.ts";
import type { PictureFit } from "./picture-fit.ts";

/**
 * Brings a picture to the shape that a model takes, by the way that its training data was brought to it: `model.scaling?.fit`.
 * `stretch` is {@link resizeImage}; `crop` and `contain` keep the proportions, by the filter of Pillow and torchvision.
 *
 * @param channels 1 or 3
 * @returns `[height, width, channels]`, 0 to 255, also of a picture of 16 bits; `scaleBytes` brings them to a model's unit
 * @throws RangeError if the picture's sizes don't fit each other, or the shape cannot be made
 *
 * @example
 * const photo = { width: 4, height: 2, channels: 1, data: new Uint8Array(8) };
 * const pixels = fitImage(photo, 2, 2, 1, "crop"); // the four pixels in the middle
 */
export function fitImage(
  image: RasterImage,
  height: number,
  width: number,
  channels: number,
  fit: PictureFit = "stretch",
): Uint8Array {
  if (fit === "stretch") return resizeImage(image, height, width, channels);
  const { images } = fitSamples(image, [height, width, channels], fit);
  const level = levelOf(image);
  return Uint8Array.from(images, (value) => Math.round(value / level));
}
