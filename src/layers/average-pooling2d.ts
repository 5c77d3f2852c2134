import { flag } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { POOL_OPTIONS, poolWindows } from "./pool-options.ts";
import { pooling } from "./pooling.ts";

const OPTIONS = {
  ...POOL_OPTIONS,
  /**
   * True: padding counts, as zeros. By default it does not, as in Keras and ONNX; PyTorch's AvgPool2d counts it unless told
   * otherwise. What `ceilMode` adds behind the padding never counts.
   */
  countIncludePad: { kind: flag(), default: false },
} as const satisfies OptionSchema;

/** Options of `averagePooling2d`. */
export interface AveragePoolOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Mean of each window (Keras' AveragePooling2D): [h, w, c] to [p, q, c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * averagePooling2d({ poolSize: 3, strides: 2, padding: 1, countIncludePad: true });
 */
export function averagePooling2d(options: AveragePoolOptions = {}): Layer {
  return AVERAGE_POOLING2D.create(options);
}

/** The type of `averagePooling2d` layers. */
export const AVERAGE_POOLING2D = layerType("averagePooling2d", OPTIONS, (options, header) =>
  pooling(header, "average", poolWindows(options), { countsPadding: options.countIncludePad }),
);
