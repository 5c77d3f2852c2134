import { upSamplingRows } from "../engine/operands/extra/up-sampling.ts";
import { InputRangeError } from "../errors.ts";
import { choice, flag, pair } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { PlacedLayer } from "./placed-layer.ts";
import { imageShape } from "./shape.ts";

const INTERPOLATIONS = ["nearest", "bilinear"] as const;

type Dims = readonly [h: number, w: number, c: number, sizeH: number, sizeW: number];

const OPTIONS = {
  /** Rows and columns that each pixel becomes, or one number for both. */
  size: { kind: pair(), default: 2 },
  /** Copies of the pixel (nearest), or values on the lines between the centres of pixels (bilinear). */
  interpolation: { kind: choice(INTERPOLATIONS), default: "nearest" },
  /**
   * True: the outermost pixels stay where they are, and the others lie evenly between them (PyTorch's and ONNX' align_corners). False:
   * pixels are the middles of their squares. For bilinear.
   */
  alignCorners: { kind: flag(), default: false },
} as const satisfies OptionSchema;

/** Options of `upSampling2d`. */
export interface UpSamplingOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * An image that is a whole number of times as large (Keras' UpSampling2D): [h, w, c] to [h size, w size, c]. Bilinear is PyTorch's
 * Upsample, by default with `align_corners=False`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * upSampling2d({ size: 2, interpolation: "bilinear" });
 */
export function upSampling2d(options: UpSamplingOptions = {}): Layer {
  return UP_SAMPLING2D.create(options);
}

/** The type of `upSampling2d` layers. */
export const UP_SAMPLING2D = layerType("upSampling2d", OPTIONS, (options, header, title) => {
  const { size, interpolation, alignCorners } = options;
  const [sizeH, sizeW] = size;
  if (alignCorners && interpolation === "nearest") {
    throw new InputRangeError(title, "alignCorners with interpolation bilinear", "nearest", "contradiction");
  }
  return {
    ...header,
    // Copies of a zero are zeros; between pixels of both signs, zeros come from others.
    stopsAtZero: interpolation === "nearest" ? "inherits" : undefined,
    outputShape([input], who) {
      const [h, w, c] = imageShape(input, who);
      return [h * sizeH, w * sizeW, c];
    },
    parameters: () => [],
    multiplyAdds: () => 0,
    place({ inputs: [input], path }) {
      const dims = [...imageShape(input, path), sizeH, sizeW] as const;
      return interpolation === "nearest" ? nearest(dims) : bilinear(dims, alignCorners ? 1 : 0);
    },
  };
});

function nearest(dims: Dims): PlacedLayer {
  return {
    kernels: upSamplingRows,
    forward: (tape, n, { x: [x], y }) => tape.add("upsample_nearest_forward", "sample", n, x, y, ...dims),
    backward({ samples }, n, { dy, dx: [dx] }) {
      if (dx !== 0) samples.add("upsample_nearest_backward", "sample", n, dy, dx, ...dims);
    },
  };
}

function bilinear(dims: Dims, aligned: number): PlacedLayer {
  return {
    kernels: upSamplingRows,
    forward: (tape, n, { x: [x], y }) => tape.add("upsample_bilinear_forward", "sample", n, x, y, ...dims, aligned),
    backward({ samples }, n, { dy, dx: [dx] }) {
      if (dx !== 0) samples.add("upsample_bilinear_backward", "sample", n, dy, dx, ...dims, aligned);
    },
  };
}
