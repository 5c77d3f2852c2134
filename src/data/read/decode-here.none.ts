import { InputRangeError } from "../../errors.ts";
import { decodedByBrowser } from "../drawn-pixels.ts";
import type { RasterImage } from "../image.ts";

/**
 * Decodes a picture as the browser does; stands in place of `decode-here.ts` in the one-file build without the readers, of which decoders
 * are a part. Whatever format the browser knows will do, and samples of 16 bits become ones of 8.
 *
 * @throws RangeError if the browser cannot decode it
 */
export async function decodeHere(bytes: Uint8Array, name: string): Promise<RasterImage> {
  const who = `image ${JSON.stringify(name)}`;
  const image = await decodedByBrowser(who, bytes);
  if (image === undefined)
    throw new InputRangeError(who, "a picture that the browser decodes", "another", "damaged-file");
  return image;
}
