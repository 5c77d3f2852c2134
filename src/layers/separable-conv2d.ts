import { whole } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { convolution } from "./convolution.ts";
import { convolutionGeometry } from "./geometry.ts";
import type { Layer, LayerDefinition, LayerHeader } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { initializer, type LayerOptions } from "./options.ts";
import { PlacedSeparable } from "./placed-separable.ts";
import { WINDOW_OPTIONS, windowSettings } from "./window-options.ts";

const { untiedBias: _, kernelInitializer: __, ...SHARED } = WINDOW_OPTIONS;

const OPTIONS = {
  /** Output channels. */
  filters: { kind: whole(1) },
  ...SHARED,
  /** Filters for each input channel, before the channels are mixed. */
  depthMultiplier: { kind: whole(1), default: 1 },
  /** Values with which the filters of each channel start. */
  depthwiseInitializer: { kind: initializer(), default: "glorotUniform" },
  /** Values with which the filters that mix channels start. */
  pointwiseInitializer: { kind: initializer(), default: "glorotUniform" },
} as const satisfies OptionSchema;

/** Options of `separableConv2d`. */
export interface SeparableConv2dOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Convolution of each channel by itself, then one of single pixels that mixes channels (Keras' SeparableConv2D): [h, w, c] to
 * [p, q, filters]. A fraction of the operations of `conv2d`; bias and activation come after both.
 *
 * Parameters: `depthwiseKernel` [r, s, 1, c depthMultiplier], `pointwiseKernel` [1, 1, c depthMultiplier, filters] and `bias`
 * [filters].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * separableConv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" });
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer {
  return SEPARABLE_CONV2D.create(options);
}

/** The type of `separableConv2d` layers. */
export const SEPARABLE_CONV2D = layerType("separableConv2d", OPTIONS, (options, header) => {
  const { filters, depthMultiplier, depthwiseInitializer, pointwiseInitializer } = options;
  const settings = windowSettings({ ...options, untiedBias: false, kernelInitializer: pointwiseInitializer });
  const depthwise = convolution({
    ...settings,
    header,
    activation: undefined,
    bias: "none",
    kernelInitializer: depthwiseInitializer,
    filters: (channels) => channels * depthMultiplier,
    groups: (channels) => channels,
  });
  const pointwise = convolution({
    ...settings,
    header,
    filters: () => filters,
    groups: () => 1,
    geometry: (h, w, name) =>
      convolutionGeometry({ name, h, w, kernel: [1, 1], strides: [1, 1], padding: "valid", dilation: [1, 1] }),
  });
  return separable(header, depthwise, pointwise);
});

/** One layer of two convolutions; the second one takes over what follows. */
function separable(header: LayerHeader, depthwise: LayerDefinition, pointwise: LayerDefinition): LayerDefinition {
  const between = (input: readonly number[], who = header.type) => depthwise.outputShape([input], who);
  const remade = (second: LayerDefinition | undefined) => second && separable(header, depthwise, second);
  return {
    ...header,
    activation: pointwise.activation,
    stopsAtZero: pointwise.stopsAtZero,
    absorb: (next, [input], { training }) =>
      remade(pointwise.absorb?.(next, [between(input)], { training, needsInputGradient: training })),
    absorbBefore(previous) {
      const first = depthwise.absorbBefore?.(previous);
      return first && separable(header, first, pointwise);
    },
    fold: (normalization) => remade(pointwise.fold?.(normalization)),
    outputShape: ([input], who) => pointwise.outputShape([between(input, who)], who),
    parameters([input]) {
      const [first] = depthwise.parameters([input]);
      const [second, ...bias] = pointwise.parameters([between(input)]);
      return [{ ...first, name: "depthwiseKernel" }, { ...second, name: "pointwiseKernel" }, ...bias];
    },
    multiplyAdds: ([input]) => depthwise.multiplyAdds([input]) + pointwise.multiplyAdds([between(input)]),
    place: (site) => new PlacedSeparable(site, depthwise, pointwise, between(site.inputs[0], site.path)),
  };
}
