/**
 * Orientation of pictures: cameras store them as the sensor lay, and say in EXIF data how to turn them.
 *
 * @module
 */

import type { RasterImage } from "./image.ts";

const ORIENTATION = 0x0112;

/**
 * The orientation in EXIF data, 1 to 8 (CIPA DC-008, "Orientation"); 1, which is upright, where it says none.
 *
 * @param exif from its byte order mark on, "II" or "MM"
 */
export function exifOrientation(exif: Uint8Array): number {
  const mark = String.fromCharCode(...exif.subarray(0, 2));
  if ((mark !== "II" && mark !== "MM") || exif.length < 8) return 1;
  const isLittle = mark === "II";
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const at = view.getUint32(4, isLittle);
  if (at + 2 > exif.length) return 1;
  const count = view.getUint16(at, isLittle);
  for (let entry = at + 2, i = 0; i < count && entry + 12 <= exif.length; entry += 12, i++) {
    if (view.getUint16(entry, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** The picture turned upright: an orientation says on which sides its first row and its first column are to be seen. */
export function upright(image: RasterImage, orientation: number): RasterImage {
  if (orientation === 1) return image;
  const { channels, data: from } = image;
  const isSwapped = orientation >= 5;
  const [width, height] = isSwapped ? [image.height, image.width] : [image.width, image.height];
  // The first row is below in 3, 4 (for 7, 8: the first column is), the first column is right in 2, 3 (for 6, 7: the first row is).
  const fromRight = [2, 3, 6, 7].includes(orientation);
  const fromBelow = [3, 4, 7, 8].includes(orientation);
  const data = from.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [seenX, seenY] = [fromRight ? width - 1 - x : x, fromBelow ? height - 1 - y : y];
      const at = isSwapped ? seenX * image.width + seenY : seenY * image.width + seenX;
      for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = from[at * channels + c];
    }
  }
  return { ...image, width, height, data };
}
