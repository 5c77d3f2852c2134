import { fitSamples } from "./fit-samples.ts";
import { type RasterImage, type ResizedSamples, resizeSamples } from "./image.ts";
import { ownSamples } from "./own-samples.ts";
import type { PictureFit } from "./picture-fit.ts";

/** A picture in a shape, with samples as by `resizeSamples`. Default: stretched. */
export function shapedSamples(
  image: RasterImage,
  height: number,
  width: number,
  channels: number,
  fit: PictureFit = "stretch",
): ResizedSamples {
  const own = ownSamples(image, height, width, channels);
  if (own !== undefined) return { images: own, clear: undefined };
  return fit === "stretch"
    ? resizeSamples(image, height, width, channels)
    : fitSamples(image, [height, width, channels], fit);
}
