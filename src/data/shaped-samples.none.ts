import { type RasterImage, type ResizedSamples, resizeSamples } from "./image.ts";
import type { ImageShape } from "./pixels.ts";

/** A picture that is stretched to a shape; stands in place of `shaped-samples.ts` in the small one-file build, whose models know no other way. */
export function shapedSamples(image: RasterImage, shape: ImageShape): ResizedSamples {
  return resizeSamples(image, ...shape);
}
