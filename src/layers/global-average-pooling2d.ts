import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { globalWindow } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

/**
 * Mean of each channel (Keras' GlobalAveragePooling2D): [h, w, c] to [c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * globalAveragePooling2d();
 */
export function globalAveragePooling2d(options: LayerOptions = {}): Layer {
  return GLOBAL_AVERAGE_POOLING2D.create(options);
}

/** The type of `globalAveragePooling2d` layers. */
export const GLOBAL_AVERAGE_POOLING2D = layerType("globalAveragePooling2d", {}, (_, header) =>
  pooling(header, "average", globalWindow, { flat: true }),
);
