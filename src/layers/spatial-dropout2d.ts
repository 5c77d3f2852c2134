import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { dropping, dropRate } from "./dropping.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { PlacedDrop } from "./placed-drop.ts";

const OPTIONS = {
  /** Share of the channels set to zero in training, from 0 to below 1. */
  rate: { kind: dropRate() },
} as const satisfies OptionSchema;

/** Options of `spatialDropout2d`. */
export interface SpatialDropout2dOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Sets a random share of the channels of each image to zero in training, at all positions, and scales the others up (Tompson et al., 2015;
 * Keras' SpatialDropout2D, PyTorch's Dropout2d); [h, w, c] or [units].
 *
 * @throws RangeError if the rate is not in [0, 1)
 * @example
 * spatialDropout2d({ rate: 0.2 });
 */
export function spatialDropout2d(options: SpatialDropout2dOptions): Layer {
  return SPATIAL_DROPOUT2D.create(options);
}

/** The type of `spatialDropout2d` layers. */
export const SPATIAL_DROPOUT2D = layerType("spatialDropout2d", OPTIONS, ({ rate }, header) =>
  dropping(header, (site) => new PlacedDrop(site, site.output[site.output.length - 1], rate)),
);
