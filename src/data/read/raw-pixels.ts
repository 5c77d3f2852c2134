import type { Pixels } from "../pixels.ts";

/** Pixels as a reader found them. */
export interface RawPixels {
  readonly images: Pixels;
  /** Bits of a sample, where the format says so: then black is 0 and white the highest number. Undefined for numbers. */
  readonly depth?: 8 | 16 | undefined;
  /** The share of the ground that shows at each pixel, 0 to 1, which `images` are without. Undefined where nothing is clear. */
  readonly clear?: Float32Array | undefined;
}
