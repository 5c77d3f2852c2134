import { isFrame, isJpeg } from "./jpeg-structure.ts";
import { pictureFormat } from "./picture-format.ts";
import { isPng } from "./png.ts";

/** Height and width of a picture. */
export type PictureSize = readonly [height: number, width: number];

/** Place of a PNG's size, behind its mark and the head of its first chunk. */
const PNG_SIZE = 16;

/**
 * The size that a picture's file says it has, without decoding it, and before it is turned as a camera notes; undefined for files that are
 * cut off before, and for formats that are not decoded.
 */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isPng(bytes)) {
    return bytes.length < PNG_SIZE + 8 ? undefined : [view.getUint32(PNG_SIZE + 4), view.getUint32(PNG_SIZE)];
  }
  if (isJpeg(bytes)) return jpegSize(bytes, view);
  const read = FURTHER[pictureFormat(bytes) ?? ""];
  try {
    return read?.(view);
  } catch (error) {
    // A number lies beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function jpegSize(bytes: Uint8Array, view: DataView): PictureSize | undefined {
  let at = 2;
  while (at + 9 <= bytes.length) {
    // Segments may have any number of 0xff between them.
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xff) at += 1;
    else if (isFrame(bytes[at + 1])) return [view.getUint16(at + 5), view.getUint16(at + 7)];
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Readers of the sizes of other formats; they throw a RangeError where a file is cut off. */
const FURTHER: { readonly [format: string]: ((view: DataView) => PictureSize | undefined) | undefined } = {
  GIF: (view) => [view.getUint16(8, true), view.getUint16(6, true)],
  BMP: bmpSize,
  WebP: webpSize,
};

function bmpSize(view: DataView): PictureSize {
  if (view.getUint32(14, true) === 12) return [view.getUint16(20, true), view.getUint16(18, true)];
  // A height below 0 says that the first row is the uppermost.
  return [Math.abs(view.getInt32(22, true)), view.getInt32(18, true)];
}

/** The size in the first chunk of a WebP file: "VP8 " with losses, "VP8L" without, or "VP8X" where more follow. */
function webpSize(view: DataView): PictureSize | undefined {
  const kind = String.fromCharCode(view.getUint8(15));
  if (kind === " ") return [view.getUint16(28, true) & 0x3fff, view.getUint16(26, true) & 0x3fff];
  if (kind === "L") {
    const bits = view.getUint32(21, true);
    return [((bits >>> 14) & 0x3fff) + 1, (bits & 0x3fff) + 1];
  }
  const three = (at: number) => view.getUint16(at, true) + 65_536 * view.getUint8(at + 2) + 1;
  return kind === "X" ? [three(27), three(24)] : undefined;
}
