import type { Layer } from "./layer.ts";
import { OptionReader } from "./options.ts";
import { POOL_OPTIONS, type PoolLayerOptions, readPoolOptions } from "./pool-options.ts";
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
  return readMaxPooling2d(options);
}

/** The same from options of unknown origin. */
export function readMaxPooling2d(options: object): Layer {
  const reader = new OptionReader("maxPooling2d", options, POOL_OPTIONS);
  return pooling(reader.config, "max", readPoolOptions(reader));
}
