/**
 * Reading pictures for prediction.
 *
 * @module
 */

import type { RasterImage } from "../data/image.ts";
import { isJpeg } from "../data/jpeg-header.ts";
import { decodePng, isPng } from "../data/png.ts";
import { readFileBounded } from "./files.ts";
import { decodeJpeg } from "./jpeg.ts";

/** What {@link decodeImage} may be told. */
export interface ReadImageOptions {
  /** Larger pictures are refused by their header; default 100,000,000. */
  readonly maxPixels?: number | undefined;
}

const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 256 * 2 ** 20;

/**
 * Decodes a PNG or JPEG picture, of any size, depth and colour.
 *
 * @param name stands in error messages
 * @throws RangeError if the bytes are not such a picture, not a whole one, or too large
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  options: ReadImageOptions = {},
): Promise<RasterImage> {
  const limits = { name, maxPixels: options.maxPixels ?? MAX_PIXELS };
  if (isPng(bytes)) return decodePng(bytes, limits);
  if (isJpeg(bytes)) return decodeJpeg(bytes, limits);
  throw new RangeError(`image ${JSON.stringify(name)}: expected a PNG or JPEG picture, got something else`);
}

/**
 * Reads a PNG or JPEG file.
 *
 * @throws FileError if the file cannot be read; RangeError as {@link decodeImage} does
 *
 * @example
 * const image = await readImage("seven.png");
 */
export async function readImage(path: string, options: ReadImageOptions = {}): Promise<RasterImage> {
  return decodeImage(await readFileBounded(path, MAX_FILE_BYTES), path, options);
}
