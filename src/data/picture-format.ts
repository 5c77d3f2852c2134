/**
 * Formats of pictures: those that can be decoded, and those that are only recognised for error messages.
 *
 * @module
 */

import { standInOf } from "../numeric/stand-ins.ts";
import { isJpeg } from "./jpeg-structure.ts";
import { isPng } from "./png.ts";

/** The largest file of a picture that is read, in bytes. */
export const MAX_PICTURE_BYTES = 256 * 2 ** 20;

/** Endings of the names of pictures, of whatever format. */
const NAMES = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp|dib|tiff?|avif|hei[cf]|jp2|jxl|p[bgpn]m|svgz?|ico|tga|psd)$/i;

/** Formats with a fixed text at a place of the file. */
const MARKS: readonly (readonly [format: string, at: number, text: string])[] = [
  ["GIF", 0, "GIF8"],
  ["WebP", 8, "WEBPVP8"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["JPEG 2000", 4, "jP  \r\n"],
  ["JPEG XL", 4, "JXL \r\n"],
  ["AVIF", 4, "ftypavi"],
  ["HEIC", 4, "ftyphei"],
  ["HEIC", 4, "ftypmif1"],
  ["Photoshop", 0, "8BPS"],
  ["SVG", 0, "<svg"],
];

/** Bytes of a start that show the format. */
const BMP_START = 18;

/** True for the name of a picture, of any format. */
export function isPictureName(name: string): boolean {
  return NAMES.test(name);
}

/** The formats that are decoded, in the words of a message. */
export const DECODABLE = "a PNG, JPEG, WebP, GIF or BMP picture";

/** True for a format that is decoded. */
export function isDecoded(format: string | undefined): boolean {
  return format !== undefined && ["PNG", "JPEG", "WebP", "GIF", "BMP"].includes(format);
}

/** True for the name of a picture that can be decoded. */
export function isDecodableName(name: string): boolean {
  return /\.(png|jpe?g|webp|gif|bmp)$/i.test(name);
}

/** The picture's format by the first bytes of its file, such as "PNG" or "WebP"; undefined where it is none that is known. */
export function pictureFormat(bytes: Uint8Array): string | undefined {
  if (isPng(bytes)) return "PNG";
  if (isJpeg(bytes)) return "JPEG";
  const has = (at: number, text: string) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  return isBmp(bytes) ? "BMP" : MARKS.find(([, at, text]) => has(at, text))?.[0];
}

/** "BM", four bytes that are zero, and the size of a header that there is: two letters alone are too little to go by. */
function isBmp(bytes: Uint8Array): boolean {
  if (bytes.length < BMP_START || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return false;
  const headerBytes = bytes[14] + 256 * bytes[15];
  return bytes.subarray(6, 10).every((byte) => byte === 0) && headerBytes >= 12 && headerBytes <= 124;
}

/** Words for a file that stands in place of a picture that can be decoded, for an error message. */
export function notDecodable(bytes: Uint8Array): string {
  return bytes.length === 0 ? "an empty file" : (pictureFormat(bytes) ?? standInOf(bytes) ?? "something else");
}
