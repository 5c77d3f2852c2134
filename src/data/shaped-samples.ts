import { fitSamples } from "./fit-samples.ts";
import { type RasterImage, type ResizedSamples, resizeSamples } from "./image.ts";
import type { PictureFit } from "./picture-fit.ts";
import type { ImageShape } from "./pixels.ts";

/** A picture in a shape, with samples as by `resizeSamples`. Default: stretched. */
export function shapedSamples(image: RasterImage, shape: ImageShape, fit: PictureFit = "stretch"): ResizedSamples {
  return fit === "stretch" ? resizeSamples(image, ...shape) : fitSamples(image, shape, fit);
}
