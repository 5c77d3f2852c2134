import { InputRangeError } from "../errors.ts";
import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { convolution } from "./convolution.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { WINDOW_OPTIONS, windowSettings } from "./window-options.ts";

const OPTIONS = {
  /** Output channels. */
  filters: { kind: whole(1) },
  ...WINDOW_OPTIONS,
  /** Parts of the channels that do not see each other; both channel counts must divide by it. */
  groups: { kind: whole(1), default: 1 },
} as const satisfies OptionSchema;

/** Options of `conv2d`. */
export interface Conv2dOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Two-dimensional convolution (Keras' Conv2D): [h, w, c] to [p, q, filters].
 *
 * Parameters: `kernel` [r, s, c / groups, filters] and `bias` [filters], or [p, q, filters] with `untiedBias`.
 *
 * Windows of 3 x 3 with stride 1 and at least 16 channels on both sides run by Winograd's filtering in WebAssembly. There an
 * infinite or NaN pixel makes all outputs of its tiles of 4 x 4 NaN, not only those whose window holds it; beside a pixel that
 * is larger by more than float32's seven digits those outputs lose theirs; and inputs near float32's largest number, 3.4e38,
 * overflow. Outputs of other tiles are as they would be without it.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" });
 */
export function conv2d(options: Conv2dOptions): Layer {
  return CONV2D.create(options);
}

/** The type of `conv2d` layers. */
export const CONV2D = layerType("conv2d", OPTIONS, (options, header, who) => {
  const { filters, groups } = options;
  if (filters % groups !== 0) {
    const expected = `filters divisible by ${groups} groups`;
    throw new InputRangeError(who, expected, `${filters}`, "contradiction");
  }
  return convolution({ ...windowSettings(options), header, filters: () => filters, groups: () => groups });
});
