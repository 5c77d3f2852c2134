import { upSamplingRows } from "../engine/operands/extra/up-sampling.ts";
import type { Tape } from "../engine/tape.ts";
import { choice, pair } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { imageShape } from "./shape.ts";

const INTERPOLATIONS = ["nearest", "bilinear"] as const;

type Interpolation = (typeof INTERPOLATIONS)[number];

type Dims = readonly [h: number, w: number, c: number, sizeH: number, sizeW: number];

const OPTIONS = {
  /** Rows and columns that each pixel becomes, or one number for both. */
  size: { kind: pair(), default: 2 },
  /** Copies of the pixel (nearest), or values on the lines between the centres of pixels (bilinear). */
  interpolation: { kind: choice(INTERPOLATIONS), default: "nearest" },
} as const satisfies OptionSchema;

/** Options of `upSampling2d`. */
export interface UpSamplingOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * An image that is a whole number of times as large (Keras' UpSampling2D): [h, w, c] to [h size, w size, c]. Bilinear is PyTorch's
 * Upsample with `align_corners=False`.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * upSampling2d({ size: 2, interpolation: "bilinear" });
 */
export function upSampling2d(options: UpSamplingOptions = {}): Layer {
  return UP_SAMPLING2D.create(options);
}

/** The type of `upSampling2d` layers. */
export const UP_SAMPLING2D = layerType("upSampling2d", OPTIONS, ({ size: [sizeH, sizeW], interpolation }, header) => ({
  ...header,
  // Copies of a zero are zeros; between pixels of both signs, zeros come from others.
  stopsAtZero: interpolation === "nearest" ? "inherits" : undefined,
  outputShape([input], who) {
    const [h, w, c] = imageShape(input, who);
    return [h * sizeH, w * sizeW, c];
  },
  parameters: () => [],
  multiplyAdds: () => 0,
  place: ({ inputs: [input], path }) => new PlacedUpSampling(interpolation, [...imageShape(input, path), sizeH, sizeW]),
}));

class PlacedUpSampling implements PlacedLayer {
  readonly kernels = upSamplingRows;
  readonly #interpolation: Interpolation;
  /** The arguments that the kernels have in common. */
  readonly #dims: Dims;

  constructor(interpolation: Interpolation, dims: Dims) {
    this.#interpolation = interpolation;
    this.#dims = dims;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    tape.add(`upsample_${this.#interpolation}_forward`, "sample", n, x, y, ...this.#dims);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0) return;
    samples.add(`upsample_${this.#interpolation}_backward`, "sample", n, dy, dx, ...this.#dims);
  }
}
