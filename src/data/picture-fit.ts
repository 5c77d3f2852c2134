/** The ways to bring a picture to a size of another shape. */
export const PICTURE_FITS = ["stretch", "crop", "contain"] as const;

/**
 * A way to bring a picture to a size of another shape: `stretch` it, `crop` what stands out of the middle once its shorter side fits, or
 * `contain` it whole, between black bars.
 */
export type PictureFit = (typeof PICTURE_FITS)[number];
