import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { dropping, dropRate } from "./dropping.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import { PlacedDrop } from "./placed-drop.ts";

const OPTIONS = {
  /** Share of the samples set to zero in training, from 0 to below 1. */
  rate: { kind: dropRate() },
} as const satisfies OptionSchema;

/** Options of `stochasticDepth`. */
export interface StochasticDepthOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Sets a random share of the samples to zero in training and scales the others up (Huang et al., 2016; torchvision's StochasticDepth in mode
 * "row"); any shape. As the last layer of a residual branch it leaves the branch out for some samples.
 *
 * @throws RangeError if the rate is not in [0, 1)
 * @example
 * residual([conv2d({ filters: 64, kernelSize: 3, padding: "same" }), batchNormalization(), stochasticDepth({ rate: 0.1 })]);
 */
export function stochasticDepth(options: StochasticDepthOptions): Layer {
  return STOCHASTIC_DEPTH.create(options);
}

/** The type of `stochasticDepth` layers. */
export const STOCHASTIC_DEPTH = layerType("stochasticDepth", OPTIONS, ({ rate }, header) =>
  dropping(header, (site) => new PlacedDrop(site, 1, rate)),
);
