/**
 * What can be known of a JPEG picture before it is decoded.
 *
 * @module
 */

import { allowedBytes, checkExpansion } from "./expansion.ts";

/** Whether the bytes start as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** How large a picture may be. */
export interface JpegLimits {
  readonly maxPixels: number;
  /** The most bytes of red, green and blue that may come out of it; default what `allowedBytes` says for a file of its size. */
  readonly maxBytes?: number | undefined;
}

/**
 * Walks over the segments before the pixels (ITU-T T.81, annex B): the size must be allowed, the end must be there.
 *
 * @param who stands in error messages
 * @throws RangeError if the data is not a whole JPEG, or the picture is too large
 */
export function checkJpeg(who: string, bytes: Uint8Array, { maxPixels, maxBytes }: JpegLimits): void {
  if (!isJpeg(bytes)) throw new RangeError(`${who}: expected a JPEG file, got something else`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let hasSize = false;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) throw new RangeError(`${who}: expected a marker at byte ${at}, got corrupt data`);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (isFrame(marker) && at + 9 <= bytes.length) {
      const height = view.getUint16(at + 5);
      const width = view.getUint16(at + 7);
      if (width === 0 || height === 0 || width * height > maxPixels) {
        throw new RangeError(`${who}: expected 1 to ${maxPixels} pixels, got ${width} x ${height}`);
      }
      checkExpansion(who, width * height * 3, maxBytes ?? allowedBytes(bytes.length));
      hasSize = true;
    }
    if (marker === 0xda) {
      if (!hasSize) throw new RangeError(`${who}: expected a size before the pixels, got none`);
      if (!hasEnd(bytes, at)) throw new RangeError(`${who}: expected a whole file, got one that is cut off`);
      return;
    }
    at += 2 + length;
  }
  throw new RangeError(`${who}: expected a whole file, got one that is cut off`);
}

/** Markers 0xc0 to 0xcf start a frame, but for Huffman tables, arithmetic tables and the one that is reserved. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function hasEnd(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.length - 2; i >= from; i--) if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  return false;
}
