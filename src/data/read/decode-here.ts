/**
 * Default decoders of pictures: PNG by this library, JPEG by the browser.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { RasterImage } from "../image.ts";
import { isJpeg, readJpegStructure } from "../jpeg-structure.ts";
import { notDecodable } from "../picture-format.ts";
import { decodePng, isPng } from "../png.ts";

/** Larger pictures are refused by their header. */
const MAX_PIXELS = 100_000_000;

/**
 * Decodes a PNG picture, and in a browser a JPEG picture, turned upright as its EXIF data says.
 *
 * @throws RangeError if it is no such picture, not a whole one, or too large
 */
export async function decodeHere(
  bytes: Uint8Array,
  name: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<RasterImage> {
  const limits = { maxPixels: MAX_PIXELS, maxBytes };
  if (isPng(bytes)) return decodePng(bytes, { ...limits, name });
  const who = `readImages ${JSON.stringify(name)}`;
  if (!isJpeg(bytes)) throw new InputRangeError(who, "a PNG or JPEG picture", notDecodable(bytes), "unsupported-file");
  const { bytes: whole } = readJpegStructure(who, bytes, limits);
  if (typeof createImageBitmap === "undefined" || typeof OffscreenCanvas === "undefined") {
    throw new InputRangeError(who, "a decodeImage option for JPEG pictures outside of browsers", "none", "missing");
  }
  const { decodedByBrowser } = await import("../drawn-pixels.ts");
  const image = await decodedByBrowser(who, whole);
  if (image === undefined) throw new InputRangeError(who, "a readable JPEG picture", "corrupt data", "damaged-file");
  return image;
}
