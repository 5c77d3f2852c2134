import { SUM_ROWS } from "../engine/kernel-sizes.ts";
import { layerNormRows } from "../engine/operands/extra/sample-norm.ts";
import { padded } from "../engine/padded.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError } from "../errors.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { axesOf, someAxes } from "./axes.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer, Site } from "./placed-layer.ts";
import {
  affineParameters,
  PlacedAffine,
  SAMPLE_NORMALIZATION,
  type SampleNormalizationValues,
} from "./sample-normalization.ts";
import { type Shape, sizeOf } from "./shape.ts";

const OPTIONS = {
  /**
   * The axes over which it normalises, the batch being axis 0: the last one, which is -1, or all of them, which are [1, 2, 3] for
   * images.
   */
  axis: { kind: someAxes(), default: -1 },
  ...SAMPLE_NORMALIZATION,
} as const satisfies OptionSchema;

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Normalises each sample by itself over its last axis or all of its axes, then scales by gamma and shifts by beta (Ba et al., 2016; Keras'
 * LayerNormalization, PyTorch's LayerNorm with an epsilon of 1e-5); any shape. The same in training and inference.
 *
 * Of images it normalises the channels of each pixel, or with `axis: [1, 2, 3]` whole images.
 *
 * Parameters: `gamma` unless `scale` is false, `beta` unless `center` is; both with the shape of the axes.
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or other axes of the input
 * @example
 * layerNormalization({ epsilon: 1e-6 });
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  return LAYER_NORMALIZATION.create(options);
}

/** The type of `layerNormalization` layers. */
export const LAYER_NORMALIZATION = layerType("layerNormalization", OPTIONS, (options, header) => {
  const { axis } = options;
  const normalized = (input: Shape, who: string): Shape => {
    const axes = axesOf(axis, input, who);
    if (axes.length === input.length) return input;
    if (axes.length === 1 && axes[0] === input.length - 1) return [input[axes[0]]];
    throw new InputRangeError(who, `the last axis or all axes of inputs [${input}]`, `${axis}`);
  };
  return {
    ...header,
    outputShape([input], who) {
      normalized(input, who);
      return input;
    },
    parameters: ([input]) => affineParameters(options, normalized(input, header.type)),
    multiplyAdds: () => 0,
    place: (site) => new PlacedLayerNormalization(site, sizeOf(normalized(site.output, header.type)), options),
  };
});

class PlacedLayerNormalization implements PlacedLayer {
  readonly kernels = layerNormRows;
  readonly #affine: PlacedAffine;
  readonly #epsilon: number;
  /** Rows of a sample, each of which is normalised by itself, and the numbers in each. */
  readonly #rows: number;
  readonly #size: number;
  /** Mean and 1 / deviation of each row. */
  readonly #statistics: Region;
  /** Floats of the sums of a sample, by which the gradients of the parameters start. */
  readonly #pitch: number;
  readonly #sums: Region | undefined;

  constructor(site: Site, size: number, options: SampleNormalizationValues) {
    this.#affine = new PlacedAffine(site, options);
    this.#epsilon = options.epsilon;
    this.#size = size;
    this.#rows = sizeOf(site.output) / size;
    this.#statistics = site.reserve("statistics", "scratch", site.batch * 2 * this.#rows);
    this.#pitch = (this.#rows > 1 ? SUM_ROWS : 2) * padded(size);
    if (site.hasBackward && this.#affine.isTrained)
      this.#sums = site.reserve("sums", "scratch", site.batch * this.#pitch);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const parameters = [this.#affine.gamma, this.#affine.beta] as const;
    const sizes = [this.#rows, this.#size, this.#epsilon] as const;
    tape.add("layer_norm_forward", "sample", n, x, y, this.#statistics.offset, ...parameters, ...sizes);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    const sums = this.#sums?.offset ?? 0;
    const sizes = [this.#rows, this.#size] as const;
    if (dx !== 0 || sums !== 0) {
      const places = [this.#statistics.offset, this.#affine.gamma, sums] as const;
      samples.add("layer_norm_backward", "sample", n, x, dy, dx, ...places, ...sizes);
    }
    if (this.#sums !== undefined) this.#affine.emitGradients(weights, n, this.#sums, this.#pitch);
  }
}
