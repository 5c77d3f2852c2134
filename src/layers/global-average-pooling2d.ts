import type { Layer } from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";
import { pooling } from "./pooling.ts";

/**
 * Mean of each channel (Keras' GlobalAveragePooling2D): [h, w, c] to [c].
 *
 * @example
 * globalAveragePooling2d();
 */
export function globalAveragePooling2d(options: LayerOptions = {}): Layer {
  return readGlobalAveragePooling2d(options);
}

/** The same from options of unknown origin. */
export function readGlobalAveragePooling2d(options: object): Layer {
  const reader = new OptionReader("globalAveragePooling2d", options, []);
  return pooling(
    reader.config,
    "average",
    (h, w, name) => ({ name, h, w, kernel: [h, w], strides: [1, 1], padding: "valid" }),
    { flat: true },
  );
}
