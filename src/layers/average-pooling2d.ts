import type { Layer } from "./layer.ts";
import { OptionReader } from "./options.ts";
import { POOL_OPTIONS, type PoolLayerOptions, readPoolOptions } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

/** Options of `averagePooling2d`. */
export interface AveragePoolOptions extends PoolLayerOptions {
  /**
   * Whether padding counts, as zeros. Default false, as Keras and ONNX have it; PyTorch's AvgPool2d counts it unless told
   * otherwise. What `ceilMode` adds behind the padding never counts.
   */
  countIncludePad?: boolean;
}

/**
 * Mean of each window (Keras' AveragePooling2D): [h, w, c] to [p, q, c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * averagePooling2d({ poolSize: 3, strides: 2, padding: 1, countIncludePad: true });
 */
export function averagePooling2d(options: AveragePoolOptions = {}): Layer {
  return readAveragePooling2d(options);
}

/** The same from options of unknown origin. */
export function readAveragePooling2d(options: object): Layer {
  const reader = new OptionReader("averagePooling2d", options, [...POOL_OPTIONS, "countIncludePad"]);
  const countsPadding = reader.boolean("countIncludePad", false);
  return pooling(reader.config, "average", readPoolOptions(reader), { countsPadding });
}
