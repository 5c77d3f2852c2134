/**
 * Default decoders of pictures: PNG by this library, others by the browser.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { RasterImage } from "../image.ts";
import { readJpegStructure } from "../jpeg-structure.ts";
import { DECODABLE, isDecoded, notDecodable, pictureFormat } from "../picture-format.ts";
import { checkedSize } from "../picture-limits.ts";
import { decodePng, isPng } from "../png.ts";

/** Larger pictures are refused by their header. */
const MAX_PIXELS = 100_000_000;

/**
 * Decodes a PNG picture, and in a browser a JPEG, WebP, GIF or BMP picture, turned upright as its EXIF data says; of a moving one the first frame.
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
  const format = pictureFormat(bytes);
  if (!isDecoded(format)) throw new InputRangeError(who, DECODABLE, notDecodable(bytes), "unsupported-file");
  if (format !== "JPEG") checkedSize(who, bytes, limits);
  const whole = format === "JPEG" ? readJpegStructure(who, bytes, limits).bytes : bytes;
  if (typeof createImageBitmap === "undefined" || typeof OffscreenCanvas === "undefined") {
    throw new InputRangeError(who, "a decodeImage option for such pictures outside of browsers", "none", "missing");
  }
  const { decodedByBrowser } = await import("../drawn-pixels.ts");
  const image = await decodedByBrowser(who, whole);
  if (image === undefined)
    throw new InputRangeError(who, `a readable ${format} picture`, "corrupt data", "damaged-file");
  return image;
}
