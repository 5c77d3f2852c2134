import { readWindowOptions, WINDOW_OPTIONS, type WindowLayerOptions } from "./conv2d.ts";
import { convolution } from "./convolution.ts";
import type { Layer } from "./layer.ts";
import { OptionReader } from "./options.ts";

export interface DepthwiseConv2dOptions extends WindowLayerOptions {
  /** Filters for each input channel. Default 1. */
  depthMultiplier?: number;
}

/**
 * Convolution of each channel by itself (Keras' DepthwiseConv2D): [h, w, c] to [p, q, c depthMultiplier].
 *
 * Parameters: `kernel` [r, s, 1, c depthMultiplier] and `bias`, as in `conv2d`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * depthwiseConv2d({ kernelSize: 3, padding: "same" });
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer {
  return readDepthwiseConv2d(options);
}

/** The same from options of unknown origin. */
export function readDepthwiseConv2d(options: object): Layer {
  const reader = new OptionReader("depthwiseConv2d", options, [...WINDOW_OPTIONS, "depthMultiplier"]);
  const multiplier = reader.integer("depthMultiplier", 1, 1);
  return convolution({
    ...readWindowOptions(reader),
    filters: (channels) => channels * multiplier,
    groups: (channels) => channels,
  });
}
