/**
 * Reading pictures for prediction.
 *
 * @module
 */

import { inflateSync } from "node:zlib";
import { NotWhole, tooLarge, type UnpackOptions } from "../data/gzip.ts";
import type { RasterImage } from "../data/image.ts";
import { DECODABLE, MAX_PICTURE_BYTES, notDecodable, pictureFormat } from "../data/picture-format.ts";
import { decodePng } from "../data/png.ts";
import { InputRangeError } from "../errors.ts";
import { errorCode } from "./file-error.ts";
import { readFileBounded } from "./files.ts";
import { decodeJpeg } from "./jpeg.ts";

/** Options of {@link decodeImage}. */
export interface ReadImageOptions {
  /** Largest number of pixels; larger pictures are refused by their header. Default 100,000,000. */
  readonly maxPixels?: number | undefined;
  /**
   * Largest size of the pixels in bytes; larger pictures are refused by their header. Default 64 MiB and 100 times the
   * file's size.
   */
  readonly maxBytes?: number | undefined;
}

const MAX_PIXELS = 100_000_000;

/**
 * Decodes a PNG, JPEG, WebP, GIF or BMP picture of any size, depth and colour; of a moving one the first frame.
 *
 * @param name stands in error messages
 * @throws RangeError if the bytes are not such a picture, not a whole one, or too large
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  options: ReadImageOptions = {},
): Promise<RasterImage> {
  const limits = { name, maxPixels: options.maxPixels ?? MAX_PIXELS, maxBytes: options.maxBytes };
  switch (pictureFormat(bytes)) {
    case "PNG":
      return decodePng(bytes, { ...limits, inflate: inflateAtOnce });
    case "JPEG":
      return decodeJpeg(bytes, limits);
    case "WebP":
      return (await import("./webp.ts")).decodeWebp(bytes, limits);
    case "GIF":
      return (await import("./gif.ts")).decodeGif(bytes, limits);
    case "BMP":
      return (await import("./bmp.ts")).decodeBmp(bytes, limits);
  }
  const who = `image ${JSON.stringify(name)}`;
  throw new InputRangeError(who, DECODABLE, notDecodable(bytes), "unsupported-file");
}

/** Unpacks zlib data in one call. */
async function inflateAtOnce(bytes: Uint8Array, { name, maxBytes }: UnpackOptions): Promise<Uint8Array> {
  const who = `inflate ${JSON.stringify(name)}`;
  try {
    return inflateSync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (errorCode(cause) === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(who, maxBytes, cause);
    }
    throw new NotWhole(who, "deflate", cause);
  }
}

/**
 * Reads a PNG, JPEG, WebP, GIF or BMP file.
 *
 * @throws FileError if the file cannot be read; RangeError as {@link decodeImage} does
 *
 * @example
 * const image = await readImage("seven.png");
 */
export async function readImage(path: string, options: ReadImageOptions = {}): Promise<RasterImage> {
  return decodeImage(await readFileBounded(path, MAX_PICTURE_BYTES), path, options);
}
