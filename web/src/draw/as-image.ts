import { prepareDigit, type RasterImage, resizeImage } from "convasm";

/**
 * A drawing as a network's images are: centred by mass as MNIST's where they have its shape, else stretched.
 *
 * @returns undefined if nothing stands out yet, such as in a first dot
 */
export function asImage(picture: RasterImage, shape: readonly [number, number, number]): Uint8Array | undefined {
  try {
    return shape.join() === "28,28,1" ? prepareDigit(picture) : resizeImage(picture, ...shape);
  } catch {
    return undefined;
  }
}
