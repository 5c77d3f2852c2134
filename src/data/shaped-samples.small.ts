import { notInSmallBuild } from "../errors.ts";
import { type RasterImage, type ResizedSamples, resizeSamples } from "./image.ts";
import type { PictureFit } from "./picture-fit.ts";

/** A picture stretched to a shape; stands in place of `shaped-samples.ts` in the small one-file build, which throws for other ways. */
export function shapedSamples(
  image: RasterImage,
  height: number,
  width: number,
  channels: number,
  fit: PictureFit = "stretch",
): ResizedSamples {
  if (fit !== "stretch") throw notInSmallBuild(fit, "a build that crops pictures");
  return resizeSamples(image, height, width, channels);
}
