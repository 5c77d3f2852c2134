import { choice } from "../options/kinds.ts";
import type { OptionSchema } from "../options/schema.ts";

/** The ways to bring a picture to a size of another shape. */
export const PICTURE_FITS = ["stretch", "crop", "contain"] as const;

/**
 * A way to bring a picture to a size of another shape: `stretch` it, `crop` what stands out of the middle once its shorter side fits, or
 * `contain` it whole, between black bars.
 */
export type PictureFit = (typeof PICTURE_FITS)[number];

/** The part of a scaling that tells how pictures were brought to a shape. */
export const FIT = {
  /** Way in which pictures of other shapes were brought to that of the data set. Default: stretched. */
  fit: { kind: choice(PICTURE_FITS), optional: true },
} as const satisfies OptionSchema;
