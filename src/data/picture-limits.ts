import { InputRangeError } from "../errors.ts";
import { allowedBytes, checkExpansion } from "./expansion.ts";
import { type PictureSize, pictureSize } from "./picture-size.ts";

/** The largest picture that is decoded. */
export interface PictureLimits {
  readonly maxPixels: number;
  /** The most bytes that may come out of it; default what `allowedBytes` says for a file of its size. */
  readonly maxBytes?: number | undefined;
}

/** Bytes of a pixel that is decoded to red, green, blue and alpha. */
const PIXEL_BYTES = 4;

/**
 * The size of a picture by its header, checked before it is decoded.
 *
 * @param who stands in error messages
 * @throws RangeError if it has none, or is too large
 */
export function checkedSize(who: string, bytes: Uint8Array, { maxPixels, maxBytes }: PictureLimits): PictureSize {
  const size = pictureSize(bytes);
  if (size === undefined) throw new InputRangeError(who, "a whole file", "one that is cut off", "damaged-file");
  const [height, width] = size;
  if (!(width > 0 && height > 0 && width * height <= maxPixels))
    throw new InputRangeError(who, `1 to ${maxPixels} pixels`, `${width} x ${height}`, "damaged-file");
  checkExpansion(who, width * height * PIXEL_BYTES, maxBytes ?? allowedBytes(bytes.length));
  return size;
}
