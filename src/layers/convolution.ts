import { InputRangeError } from "../errors.ts";
import { chooseKernels } from "./choose-kernels.ts";
import type { ConvolutionDims } from "./convolution-kernels.ts";
import { type ConvolutionGeometry, convolutionGeometry, type Sides } from "./geometry.ts";
import { fans, type Initializer } from "./initializers.ts";
import type { Layer, LayerDefinition, LayerHeader, ParameterSpec } from "./layer.ts";
import { type BiasKind, type Fusion, PlacedConvolution } from "./placed-convolution.ts";
import { isNarrow, PlacedNarrowConvolution, poolsItself } from "./placed-narrow.ts";
import { isNone, NO_RELU, stopsAtZero } from "./rectifier.ts";
import { imageShape, type Shape } from "./shape.ts";

/** Settings that `conv2d` and `depthwiseConv2d` share, once their options are read. */
export interface ConvolutionSettings {
  readonly header: LayerHeader;
  readonly activation: Layer | undefined;
  /** Filters for a number of input channels. */
  readonly filters: (channels: number) => number;
  readonly groups: (channels: number) => number;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly bias: BiasKind;
  readonly geometry: (h: number, w: number, who: string) => ConvolutionGeometry;
}

/** The layer behind `conv2d` and `depthwiseConv2d`. */
export function convolution(settings: ConvolutionSettings): LayerDefinition {
  const dims = (input: Shape, who: string): ConvolutionDims => {
    const [h, w, c] = imageShape(input, who);
    const groups = settings.groups(c);
    const k = settings.filters(c);
    if (c % groups !== 0) {
      throw new InputRangeError(who, `input channels divisible by ${groups} groups`, `${c}`, "shape-mismatch");
    }
    return { ...settings.geometry(h, w, who), c, k, groups };
  };
  /** The layer with the following layers that it applies itself. */
  const fused = ({ rectifier, maxPool, normalization }: Fusion): LayerDefinition => ({
    ...settings.header,
    ...stopsAtZero(rectifier),
    absorb(next, [input], surroundings) {
      if (next.rectifier !== undefined) {
        return isNone(rectifier) ? fused({ rectifier: next.rectifier, maxPool, normalization }) : undefined;
      }
      const d = dims(input, settings.header.type);
      const pool = next.maxPool?.([d.p, d.q, d.k]);
      // A ReLU between both is applied by the pooling, which has fewer elements.
      if (pool === undefined || !isNone(rectifier) || maxPool || !isNarrow(d, settings.bias, surroundings))
        return undefined;
      return poolsItself(d, pool.geometry)
        ? fused({ rectifier: pool.rectifier, maxPool: true, normalization })
        : undefined;
    },
    // Zeros around the image are padding of this layer's own.
    absorbBefore({ border }) {
      const isFree = isNone(rectifier) && !maxPool && normalization === undefined;
      if (border === undefined || !isFree) return undefined;
      return convolution({ ...settings, geometry: (h, w, who) => bordered(settings.geometry, border, h, w, who) });
    },
    fold(found) {
      const isFree = isNone(rectifier) && !maxPool && normalization === undefined;
      return isFree ? fused({ rectifier, maxPool, normalization: found }) : undefined;
    },
    activation: settings.activation,

    outputShape([input], who) {
      const { p, q, k } = dims(input, who);
      return [p, q, k];
    },

    parameters([input]): readonly ParameterSpec[] {
      const { c, k, p, q, r, s, groups } = dims(input, settings.header.type);
      const shape = [r, s, c / groups, k];
      const kernelFans = fans(shape, "conv2d");
      const kernel: ParameterSpec = {
        name: "kernel",
        shape,
        role: "kernel",
        initializer: settings.kernelInitializer,
        fans: kernelFans,
      };
      if (settings.bias === "none") return [kernel];
      const biasShape = settings.bias === "untied" ? [p, q, k] : [k];
      return [
        kernel,
        { name: "bias", shape: biasShape, role: "bias", initializer: settings.biasInitializer, fans: kernelFans },
      ];
    },

    multiplyAdds([input]) {
      const { c, k, p, q, r, s, groups } = dims(input, settings.header.type);
      return (p * q * k * r * s * c) / groups;
    },

    place(site) {
      const [input] = site.inputs;
      const d = dims(input, site.path);
      if (isNarrow(d, settings.bias, site))
        return new PlacedNarrowConvolution(site, d, settings.bias, { rectifier, maxPool, normalization });
      const fusion = { rectifier, normalization };
      return new PlacedConvolution(site, (...weights) => chooseKernels(site, d, ...weights), settings.bias, fusion);
    },
  });
  return fused({ rectifier: NO_RELU, maxPool: false });
}

/** The geometry on an image with rows and columns of zeros around it, as one on the image itself, with more padding. */
function bordered(
  geometry: ConvolutionSettings["geometry"],
  [[top, bottom], [left, right]]: Sides,
  h: number,
  w: number,
  name: string,
): ConvolutionGeometry {
  const d = geometry(top + h + bottom, left + w + right, name);
  return convolutionGeometry({
    name,
    h,
    w,
    kernel: [d.r, d.s],
    strides: [d.strideH, d.strideW],
    dilation: [d.dilationH, d.dilationW],
    padding: [
      [d.padTop + top, d.padBottom + bottom],
      [d.padLeft + left, d.padRight + right],
    ],
  });
}
