import { isFrame, isJpeg } from "./jpeg-structure.ts";
import { isPng } from "./png.ts";

/** Height and width of a picture. */
export type PictureSize = readonly [height: number, width: number];

/** Place of a PNG's size, behind its mark and the head of its first chunk. */
const PNG_SIZE = 16;

/**
 * The size that a PNG or JPEG file says it has, without decoding it, and before it is turned as a camera notes; undefined for other
 * files, and for ones that are cut off before.
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isPng(bytes)) {
    return bytes.length < PNG_SIZE + 8 ? undefined : [view.getUint32(PNG_SIZE + 4), view.getUint32(PNG_SIZE)];
  }
  if (!isJpeg(bytes)) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length) {
    // Segments may have any number of 0xff between them.
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff) at += 1;
    else if (isFrame(bytes[at + 1])) return [view.getUint16(at + 5), view.getUint16(at + 7)];
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
