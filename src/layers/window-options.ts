import { flag, pair } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf, ValuesOf } from "../options/schema.ts";
import { activation, activationLayer } from "./activation.ts";
import type { ConvolutionSettings } from "./convolution.ts";
import { convolutionGeometry } from "./geometry.ts";
import { initializer, type LayerOptions, padding } from "./options.ts";

/** The options that `conv2d` and `depthwiseConv2d` share. */
export const WINDOW_OPTIONS = {
  /** Rows and columns of the window, or one number for both. */
  kernelSize: { kind: pair() },
  /** Rows and columns from one window to the next. */
  strides: { kind: pair(), default: 1 },
  /** Zeros around the image: none, as many as keep its size with strides of 1, or so many on each side. */
  padding: { kind: padding(), default: "valid" },
  /** Rows and columns from one tap of the window to the next. */
  dilationRate: { kind: pair(), default: 1 },
  /** Applied to the output. */
  activation: { kind: activation(), default: "linear" },
  /** True: a number of its own is added to each filter's output. */
  useBias: { kind: flag(), default: true },
  /** True: one bias per output position and filter instead of one per filter. */
  untiedBias: { kind: flag(), default: false },
  /** Values with which the filters start. */
  kernelInitializer: { kind: initializer(), default: "glorotUniform" },
  /** Values with which the biases start. */
  biasInitializer: { kind: initializer(), default: "zeros" },
} as const satisfies OptionSchema;

/** Options that `conv2d` and `depthwiseConv2d` share. */
export interface WindowLayerOptions extends LayerOptions, OptionsOf<typeof WINDOW_OPTIONS> {}

/** The settings of a convolution from these options. */
export function windowSettings(
  options: ValuesOf<typeof WINDOW_OPTIONS>,
): Omit<ConvolutionSettings, "header" | "filters" | "groups"> {
  const { kernelSize: kernel, strides, padding, dilationRate: dilation } = options;
  const { kernelInitializer, biasInitializer, useBias, untiedBias } = options;
  return {
    activation: activationLayer(options.activation),
    kernelInitializer,
    biasInitializer,
    bias: !useBias ? "none" : untiedBias ? "untied" : "shared",
    geometry: (h, w, name) => convolutionGeometry({ name, h, w, kernel, strides, padding, dilation }),
  };
}
