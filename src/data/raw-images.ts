import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { asPixels, isFloat32Array, kindOf } from "../numeric/array-kinds.ts";
import { checkFinite } from "./finite.ts";
import type { ImageShape, Pixels } from "./pixels.ts";

/** Images one after the other, checked. */
export interface RawImages {
  readonly pixels: Pixels;
  readonly count: number;
}

const RGBA = 4;

/** Advice for images of another kind. */
const RESIZE = "resizeImage({ width, height, channels: 4, data }, h, w, c) makes an image for the model";

/**
 * Pixels that came without a shape, as images of `shape`, after checking all that can be told of them.
 *
 * What a canvas gives is red, green, blue and alpha: a `Uint8ClampedArray` that holds whole pictures of that kind is refused
 * where the images have fewer channels, as its length alone would also be that of several images.
 *
 * @param who stands in messages
 * @param images pixels [n, h, w, c]
 * @param shape of one image, [h, w, c]
 * @param given the shape of one image as the caller knows it, if it does
 * @throws TypeError for another kind of array
 * @throws RangeError if they are no whole images of that shape, or a pixel is not finite
 */
export function readRawImages(who: string, images: unknown, shape: ImageShape, given?: unknown): RawImages {
  const pixels = pixelsOf(who, images);
  if (given !== undefined && String(given) !== String(shape)) {
    throw new InputRangeError(who, `images of shape [${shape}]`, shown(given), "shape-mismatch");
  }
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const picture = height * width * RGBA;
  const { length } = pixels;
  // Arrays of this kind come from canvases alone.
  if (pixels !== images && channels < RGBA && length > 0 && length % picture === 0) {
    const got = `${length} clamped ones, which are ${height} x ${width} x ${RGBA} (red, green, blue, alpha) from a canvas`;
    throw new InputRangeError(who, `images of ${height} x ${width} x ${channels} values`, got, "out-of-range", {
      advice: RESIZE,
    });
  }
  if (length === 0 || length % size !== 0) {
    throw new InputRangeError(who, `whole images of ${size} values`, `${length} values`);
  }
  if (isFloat32Array(pixels)) checkFinite(who, "pixels", pixels, size);
  return { pixels, count: length / size };
}

/**
 * Images as an array that the library works on.
 *
 * @throws TypeError for another kind, such as a picture that is no array, or integers that are no bytes
 */
export function pixelsOf(who: string, images: unknown): Pixels {
  const pixels = asPixels(images);
  if (pixels !== undefined) return pixels;
  const isPicture = typeof images === "object" && images !== null && "data" in images && "width" in images;
  const got = isPicture ? `a picture; ${RESIZE}` : kindOf(images);
  throw new InputTypeError(who, "images as a Uint8Array, Uint8ClampedArray or Float32Array", got);
}
