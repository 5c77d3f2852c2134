import { fitSamples } from "./fit-samples.ts";
import { type RasterImage, type ResizedSamples, resizeSamples } from "./image.ts";
import type { PictureFit } from "./picture-fit.ts";

/** A picture in a shape, with samples as by `resizeSamples`. Default: stretched. */
export function shapedSamples(
  image: RasterImage,
  height: number,
  width: number,
  channels: number,
  fit: PictureFit = "stretch",
): ResizedSamples {
  return fit === "stretch"
    ? resizeSamples(image, height, width, channels)
    : fitSamples(image, [height, width, channels], fit);
}
