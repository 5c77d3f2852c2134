import { type ActivationName, activationOption } from "./activation.ts";
import { convolution } from "./convolution.ts";
import { convolutionGeometry, type Padding } from "./geometry.ts";
import type { Initializer } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";

/** What `conv2d` and `depthwiseConv2d` share. */
export interface WindowLayerOptions extends LayerOptions {
  /** Rows and columns of the window, or one number for both. */
  kernelSize: number | readonly [number, number];
  /** Default 1. */
  strides?: number | readonly [number, number];
  /** Default `"valid"`. */
  padding?: Padding;
  /** Distance between the taps of the window. Default 1. */
  dilationRate?: number | readonly [number, number];
  /** Applied to the output. Default none. */
  activation?: ActivationName;
  /** Default true. */
  useBias?: boolean;
  /** One bias per output position and filter instead of one per filter. Default false. */
  untiedBias?: boolean;
  /** Default `"glorotUniform"`. */
  kernelInitializer?: Initializer;
  /** Default `"zeros"`. */
  biasInitializer?: Initializer;
}

export interface Conv2dOptions extends WindowLayerOptions {
  /** Output channels. */
  filters: number;
  /** Parts of the channels that do not see each other; both channel counts must divide by it. Default 1. */
  groups?: number;
}

/** The options of `WindowLayerOptions`, for the check of unknown ones. */
export const WINDOW_OPTIONS = [
  "kernelSize",
  "strides",
  "padding",
  "dilationRate",
  "activation",
  "useBias",
  "untiedBias",
  "kernelInitializer",
  "biasInitializer",
];

/** Reads what both layers share. */
export function readWindowOptions(reader: OptionReader) {
  const kernel = reader.pair("kernelSize");
  const strides = reader.pair("strides", 1);
  const dilation = reader.pair("dilationRate", 1);
  const padding = reader.padding("valid");
  const useBias = reader.boolean("useBias", true);
  const untied = reader.boolean("untiedBias", false);
  return {
    config: reader.config,
    activation: activationOption(reader),
    kernelInitializer: reader.initializer("kernelInitializer", "glorotUniform"),
    biasInitializer: reader.initializer("biasInitializer", "zeros"),
    bias: !useBias ? ("none" as const) : untied ? ("untied" as const) : ("shared" as const),
    geometry: (h: number, w: number, name: string) =>
      convolutionGeometry({ name, h, w, kernel, strides, padding, dilation }),
  };
}

/**
 * Two-dimensional convolution (Keras' Conv2D): [h, w, c] to [p, q, filters].
 *
 * Parameters: `kernel` [r, s, c / groups, filters] and `bias` [filters], or [p, q, filters] with `untiedBias`.
 *
 * Windows of 3 x 3 with stride 1 and at least 16 channels on both sides run by Winograd's filtering in WebAssembly. There an
 * infinite or NaN pixel makes all outputs of its tiles of 4 x 4 NaN, not only those whose window holds it; beside a pixel that
 * is larger by more than float32's seven digits those outputs lose theirs; and inputs near float32's largest number, 3.4e38,
 * overflow. Outputs of other tiles are as they would be without it.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" });
 */
export function conv2d(options: Conv2dOptions): Layer {
  return readConv2d(options);
}

/** The same from options of unknown origin. */
export function readConv2d(options: object): Layer {
  const reader = new OptionReader("conv2d", options, ["filters", ...WINDOW_OPTIONS, "groups"]);
  const filters = reader.integer("filters", 1);
  const groups = reader.integer("groups", 1, 1);
  if (filters % groups !== 0) {
    throw new RangeError(`${reader.who}: expected filters divisible by ${groups} groups, got ${filters}`);
  }
  return convolution({ ...readWindowOptions(reader), filters: () => filters, groups: () => groups });
}
