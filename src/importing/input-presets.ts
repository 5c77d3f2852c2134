import type { InputOptions } from "../model/input.ts";

/** Scalings of pixels from 0 to 255 that many networks were trained with, by name. */
export const INPUT_PRESETS: Readonly<Record<string, Omit<InputOptions, "shape">>> = {
  /** torchvision's: means and standard deviations of ImageNet's channels. */
  imagenet: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
  /** 0 to 1. */
  unit: { scale: 1 / 255 },
  /** -1 to 1. */
  symmetric: { mean: 127.5, deviation: 127.5 },
  /** As they are. */
  raw: { scale: 1 },
};
