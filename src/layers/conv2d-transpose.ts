import { InputRangeError } from "../errors.ts";
import { pair, whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { activationLayer } from "./activation.ts";
import type { ConvolutionDims } from "./convolution-kernels.ts";
import { fans } from "./initializers.ts";
import type { Layer, LayerDefinition } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { type LayerOptions, padding } from "./options.ts";
import { PlacedTransposedConvolution } from "./placed-transposed.ts";
import { isNone, NO_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";
import { imageShape, type Shape } from "./shape.ts";
import { transposedGeometry } from "./transposed-geometry.ts";
import { WINDOW_OPTIONS } from "./window-options.ts";

const { untiedBias: _, padding: __, ...SHARED } = WINDOW_OPTIONS;

const OPTIONS = {
  /** Output channels. */
  filters: { kind: whole(1) },
  ...SHARED,
  /** Rows and columns cut off the output: none, as many as leave strides times the input, or so many on each side. */
  padding: { kind: padding(), default: "valid" },
  /** Rows and columns added to the output below and on the right, fewer than the strides. */
  outputPadding: { kind: pair(0), optional: true },
  /** Parts of the channels that do not see each other; both channel counts must divide by it. */
  groups: { kind: whole(1), default: 1 },
} as const satisfies OptionSchema;

/** Options of `conv2dTranspose`. */
export interface Conv2dTransposeOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Transposed convolution (Keras' Conv2DTranspose): each pixel adds its window to the output, `strides` apart; [h, w, c] to [p, q, filters].
 * It is the data gradient of a convolution, by whose kernels it runs.
 *
 * Sizes are Keras' for "valid" and "same", PyTorch's for numbers: p = (h - 1) strides + (kernelSize - 1) dilationRate + 1 - padding
 * on both sides + outputPadding. "same" gives h times the strides.
 *
 * Parameters: `kernel` [r, s, filters / groups, c] and `bias` [filters].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * conv2dTranspose({ filters: 16, kernelSize: 4, strides: 2, padding: "same" });
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer {
  return CONV2D_TRANSPOSE.create(options);
}

/** The type of `conv2dTranspose` layers. */
export const CONV2D_TRANSPOSE = layerType("conv2dTranspose", OPTIONS, (options, header, title) => {
  const { filters, groups, useBias, strides, outputPadding } = options;
  if (filters % groups !== 0) {
    throw new InputRangeError(title, `filters divisible by ${groups} groups`, `${filters}`, "contradiction");
  }
  /** Sizes of the convolution that this one turns round: c is the filters, k the input's channels. */
  const dims = (input: Shape, name: string): ConvolutionDims => {
    const [h, w, k] = imageShape(input, name);
    if (k % groups !== 0) {
      throw new InputRangeError(name, `input channels divisible by ${groups} groups`, `${k}`, "shape-mismatch");
    }
    const { kernelSize: kernel, padding, dilationRate: dilation } = options;
    const geometry = transposedGeometry({ name, h, w, kernel, strides, padding, dilation, outputPadding });
    return { ...geometry, c: filters, k, groups };
  };
  const fused = (rectifier: Rectifier): LayerDefinition => ({
    ...header,
    ...stopsAtZero(rectifier),
    absorb: ({ rectifier: next }) => (next !== undefined && isNone(rectifier) ? fused(next) : undefined),
    activation: activationLayer(options.activation),
    outputShape([input], who) {
      const { h, w, c } = dims(input, who);
      return [h, w, c];
    },
    parameters([input]) {
      const { c, k, r, s } = dims(input, header.type);
      const shape = [r, s, c / groups, k];
      const kernelFans = fans(shape, "conv2d");
      const { kernelInitializer, biasInitializer } = options;
      return [
        { name: "kernel", shape, role: "kernel", initializer: kernelInitializer, fans: kernelFans },
        ...(useBias
          ? [{ name: "bias", shape: [c], role: "bias", initializer: biasInitializer, fans: kernelFans } as const]
          : []),
      ];
    },
    multiplyAdds([input]) {
      const { c, k, p, q, r, s } = dims(input, header.type);
      return (p * q * k * r * s * c) / groups;
    },
    place: (site) => new PlacedTransposedConvolution(site, dims(site.inputs[0], site.path), useBias, rectifier),
  });
  return fused(NO_RELU);
});
