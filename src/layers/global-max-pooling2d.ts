import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { globalWindow } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

/**
 * Largest value of each channel (Keras' GlobalMaxPooling2D): [h, w, c] to [c]. The gradient goes to the first of several largest
 * values.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * globalMaxPooling2d();
 */
export function globalMaxPooling2d(options: LayerOptions = {}): Layer {
  return GLOBAL_MAX_POOLING2D.create(options);
}

/** The type of `globalMaxPooling2d` layers. */
export const GLOBAL_MAX_POOLING2D = layerType("globalMaxPooling2d", {}, (_, header) =>
  pooling(header, "max", globalWindow, { flat: true }),
);
