import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { POOL_OPTIONS, type PoolLayerOptions, poolWindows } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

/**
 * Largest value of each window (Keras' MaxPooling2D): [h, w, c] to [p, q, c]. Padding never wins; the gradient goes to the first
 * of several largest values.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * maxPooling2d({ poolSize: 2 });
 */
export function maxPooling2d(options: PoolLayerOptions = {}): Layer {
  return MAX_POOLING2D.create(options);
}

/** The type of `maxPooling2d` layers. */
export const MAX_POOLING2D = layerType("maxPooling2d", POOL_OPTIONS, (options, header) =>
  pooling(header, "max", poolWindows(options)),
);
