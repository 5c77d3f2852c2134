import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { convolution } from "./convolution.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { WINDOW_OPTIONS, windowSettings } from "./window-options.ts";

const OPTIONS = {
  ...WINDOW_OPTIONS,
  /** Filters for each input channel. */
  depthMultiplier: { kind: whole(1), default: 1 },
} as const satisfies OptionSchema;

/** Options of `depthwiseConv2d`. */
export interface DepthwiseConv2dOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

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
  return DEPTHWISE_CONV2D.create(options);
}

/** The type of `depthwiseConv2d` layers. */
export const DEPTHWISE_CONV2D = layerType("depthwiseConv2d", OPTIONS, (options, header) =>
  convolution({
    ...windowSettings(options),
    header,
    filters: (channels) => channels * options.depthMultiplier,
    groups: (channels) => channels,
  }),
);
