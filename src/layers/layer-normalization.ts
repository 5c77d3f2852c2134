import { SUM_ROWS } from "../engine/kernel-sizes.ts";
import { layerNormRows } from "../engine/operands/extra/sample-norm.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError } from "../errors.ts";
import { number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { axesOf, someAxes } from "./axes.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { initializer, type LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer, Site } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

const OPTIONS = {
  /**
   * The axes over which it normalises, the batch being axis 0: the last one, which is -1, or all of them, which are [1, 2, 3] for
   * images.
   */
  axis: { kind: someAxes(), default: -1 },
  /** Added to the variance, so that numbers that do not vary have a result; above 0. */
  epsilon: { kind: number({ above: 0, float32: true }), default: 1e-3 },
  /** Values with which the scales start. */
  gammaInitializer: { kind: initializer(), default: "ones" },
  /** Values with which the shifts start. */
  betaInitializer: { kind: initializer(), default: "zeros" },
} as const satisfies OptionSchema;

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Normalises each sample by itself over its last axis or all of its axes, then scales by gamma and shifts by beta (Ba et al., 2016; Keras'
 * LayerNormalization, PyTorch's LayerNorm with an epsilon of 1e-5); any shape. The same in training and inference.
 *
 * Of images it normalises the channels of each pixel, or with `axis: [1, 2, 3]` whole images.
 *
 * Parameters: `gamma`, `beta`, both with the shape of the axes.
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
  const { axis, epsilon, gammaInitializer: gamma, betaInitializer: beta } = options;
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
    parameters([input]) {
      const shape = normalized(input, header.type);
      const of = { shape, fans: { fanIn: sizeOf(shape), fanOut: sizeOf(shape) } };
      return [
        { ...of, name: "gamma", role: "normalization", initializer: gamma },
        { ...of, name: "beta", role: "normalization", initializer: beta },
      ];
    },
    multiplyAdds: () => 0,
    place: (site) => new PlacedLayerNormalization(site, sizeOf(normalized(site.output, header.type)), epsilon),
  };
});

class PlacedLayerNormalization implements PlacedLayer {
  readonly kernels = layerNormRows;
  readonly #site: Site;
  readonly #epsilon: number;
  /** Rows of a sample, each of which is normalised by itself, and the numbers in each. */
  readonly #rows: number;
  readonly #size: number;
  /** Mean and 1 / deviation of each row. */
  readonly #statistics: Region;
  /** Floats of the sums of a sample, by which the gradients of the parameters start. */
  readonly #pitch: number;
  readonly #sums: Region | undefined;

  constructor(site: Site, size: number, epsilon: number) {
    this.#site = site;
    this.#epsilon = epsilon;
    this.#size = size;
    this.#rows = sizeOf(site.output) / size;
    this.#statistics = site.reserve("statistics", "scratch", site.batch * 2 * this.#rows);
    this.#pitch = (this.#rows > 1 ? SUM_ROWS : 2) * Math.ceil(size / 4) * 4;
    if (site.hasBackward && site.parameter("gamma").gradient !== undefined)
      this.#sums = site.reserve("sums", "scratch", site.batch * this.#pitch);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const parameters = [this.#site.parameter("gamma").value.offset, this.#site.parameter("beta").value.offset] as const;
    const sizes = [this.#rows, this.#size, this.#epsilon] as const;
    tape.add("layer_norm_forward", "sample", n, x, y, this.#statistics.offset, ...parameters, ...sizes);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    const gamma = this.#site.parameter("gamma");
    const sums = this.#sums?.offset ?? 0;
    const sizes = [this.#rows, this.#size] as const;
    if (dx !== 0 || sums !== 0) {
      const places = [this.#statistics.offset, gamma.value.offset, sums] as const;
      samples.add("layer_norm_backward", "sample", n, x, dy, dx, ...places, ...sizes);
    }
    emitParameters(weights, n, this.#site, this.#sums, this.#pitch);
  }
}

/** Emits the gradients of gamma and beta from the sums of each sample, if they are wanted. */
export function emitParameters(tape: Tape, n: number, site: Site, sums: Region | undefined, pitch: number): void {
  const gamma = site.parameter("gamma").gradient;
  const beta = site.parameter("beta").gradient;
  if (gamma === undefined || beta === undefined || sums === undefined) return;
  const places = [sums.offset, gamma.offset, beta.offset] as const;
  tape.add("sample_norm_parameters", "channel", gamma.size, ...places, n, gamma.size, pitch);
}
