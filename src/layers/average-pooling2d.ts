import type { Layer } from "./layer.ts";
import { OptionReader } from "./options.ts";
import { POOL_OPTIONS, type PoolLayerOptions, readPoolOptions } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

/**
 * Mean of each window (Keras' AveragePooling2D): [h, w, c] to [p, q, c]. Elements of the padding do not count.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * averagePooling2d({ poolSize: 2 });
 */
export function averagePooling2d(options: PoolLayerOptions = {}): Layer {
  return readAveragePooling2d(options);
}

/** The same from options of unknown origin. */
export function readAveragePooling2d(options: object): Layer {
  const reader = new OptionReader("averagePooling2d", options, POOL_OPTIONS);
  return pooling(reader.config, "average", readPoolOptions(reader));
}
