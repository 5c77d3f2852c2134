import type { RasterImage } from "./image.ts";

/**
 * Decodes a picture, and refuses one of more than `maxBytes` bytes of pixels before it does.
 *
 * @throws RangeError if it cannot be decoded
 */
export type DecodeImage = (
  bytes: Uint8Array,
  name: string,
  limits: { readonly maxBytes: number },
) => Promise<RasterImage>;

/** PNG by this library, other formats by the browser. */
let decoder: DecodeImage = async (...picture) => (await import("./read/decode-here.ts")).decodeHere(...picture);

/** Replaces the way in which pictures are decoded: Node has decoders of its own. */
export function setPictureDecoder(decode: DecodeImage): void {
  decoder = decode;
}

/** Decodes a picture in the host's way. */
export const decodePicture: DecodeImage = (...picture) => decoder(...picture);
