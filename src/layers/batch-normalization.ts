import { SUM_ROWS } from "../engine/kernel-sizes.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { FoldedNormalization } from "./folded-normalization.ts";
import type { Layer, LayerDefinition } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { NORMALIZATION_OPTIONS, scalesAndShifts } from "./normalization-options.ts";
import type { LayerOptions } from "./options.ts";
import { foldNormalization, foldRunning, PlacedFrozenNormalization } from "./placed-frozen-normalization.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import { boundsOf, clampOf, isClamp, isNone, NO_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Share of the running statistics that stays at each step. */
  momentum: { kind: number({ minimum: 0, maximum: 1 }), default: 0.99 },
  ...NORMALIZATION_OPTIONS,
} as const satisfies OptionSchema;

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Normalises each channel over the batch, then scales by gamma and shifts by beta (Ioffe & Szegedy, 2015; Keras'
 * BatchNormalization); [h, w, c] or [units]. Inference uses running statistics.
 *
 * A batch is normalised by its biased variance, as everywhere. The running variance is the unbiased one, n / (n - 1) times as
 * large for n values of a channel in the batch, as in PyTorch; Keras and ONNX keep the biased one.
 *
 * With `trainable: false` running statistics are used in every mode, and stay as they are.
 *
 * Parameters: `gamma`, `beta`, and the statistics `movingMean`, `movingVariance`, all [c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option, such as an epsilon of 0
 * @example
 * batchNormalization({ momentum: 0.9 });
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  return BATCH_NORMALIZATION.create(options);
}

/** The type of `batchNormalization` layers. */
export const BATCH_NORMALIZATION = layerType("batchNormalization", OPTIONS, (options, header) => {
  const { momentum, epsilon } = options;
  const normalization = (rectifier: Rectifier): LayerDefinition => ({
    ...header,
    ...stopsAtZero(rectifier),
    ...(isNone(rectifier) && {
      normalization: (path) => ({
        fold: (site, kernel, bias) => new FoldedNormalization(site, path, epsilon, kernel, bias),
      }),
    }),
    absorb: ({ rectifier: next }) =>
      isNone(rectifier) && next !== undefined && isClamp(next) ? normalization(next) : undefined,
    outputShape: ([input]) => input,
    parameters([input]) {
      const [gamma, beta] = scalesAndShifts(input.slice(-1), options);
      const statistic = { ...gamma, role: "statistic" } as const;
      return [
        gamma,
        beta,
        { ...statistic, name: "movingMean", initializer: "zeros" },
        { ...statistic, name: "movingVariance", initializer: "ones" },
      ];
    },
    multiplyAdds: () => 0,
    place: (site) =>
      site.frozen
        ? new PlacedFrozenNormalization(site, epsilon, rectifier)
        : new PlacedBatchNormalization(site, momentum, epsilon, rectifier),
  });
  return normalization(NO_RELU);
});

/** Batch normalisation by the statistics of the batch, in inference by the running ones. */
class PlacedBatchNormalization implements PlacedLayer {
  readonly #site: Site;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #rectifier: Rectifier;
  readonly #mean: Region;
  readonly #variance: Region;
  /** Scale, then shift, of the batch's statistics and of the running ones. */
  readonly #folded: Region;
  readonly #foldedRunning: Region;
  /** Sums of each sample: for the statistics, and in the backward pass for the gradients. */
  readonly #sums: Region;
  readonly #factors: Region | undefined;

  constructor(site: Site, momentum: number, epsilon: number, rectifier: Rectifier) {
    const { batch, output } = site;
    const size = sizeOf(output);
    const c = output[output.length - 1];
    this.#site = site;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
    this.#rectifier = rectifier;
    this.#channels = c;
    this.#positions = size / c;
    this.#mean = site.reserve("mean", "scratch", c);
    this.#variance = site.reserve("variance", "scratch", c);
    this.#folded = site.reserve("folded", "scratch", 2 * c);
    this.#foldedRunning = site.reserve("folded running", "scratch", 2 * c);
    this.#sums = site.reserve("sums", "scratch", batch * SUM_ROWS * Math.ceil(c / 4) * 4);
    if (!site.hasBackward) return;
    this.#factors = site.reserve("factors", "scratch", 2 * c);
  }

  #value(parameter: string): Region {
    return this.#site.parameter(parameter).value;
  }

  pack(tape: Tape, mode: Mode): void {
    if (mode === "training") return;
    foldRunning(tape, (name) => this.#value(name), this.#foldedRunning, this.#epsilon);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    const c = this.#channels;
    const positions = this.#positions;
    if (mode !== "inference") {
      const sums = this.#sums.offset;
      const [mean, variance] = [this.#mean.offset, this.#variance.offset];
      tape.add("batch_norm_moments", "sample", n, x, sums, positions, c);
      tape.add("batch_norm_statistics", "channel", c, sums, mean, variance, n, positions, c);
      if (mode !== "batchStatistics") {
        const kept = mode === "calibration" ? 0 : this.#momentum;
        const running = [this.#value("movingMean").offset, this.#value("movingVariance").offset] as const;
        tape.add("batch_norm_running", "channel", c, mean, variance, ...running, kept, n * positions);
      }
      const parameters = { gamma: this.#value("gamma"), beta: this.#value("beta") };
      const statistics = { mean: this.#mean, variance: this.#variance };
      foldNormalization(tape, { ...parameters, ...statistics }, this.#folded, this.#epsilon);
    }
    const folded = mode === "inference" ? this.#foldedRunning.offset : this.#folded.offset;
    const { lower, upper } = boundsOf(this.#rectifier);
    tape.add("batch_norm_forward", "sample", n, x, y, folded, folded + c, positions, c, lower, upper);
  }

  backward({ samples }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    const gamma = this.#site.parameter("gamma").gradient;
    const beta = this.#site.parameter("beta").gradient;
    if (gamma === undefined || beta === undefined || this.#factors === undefined) return;
    const c = this.#channels;
    const positions = this.#positions;
    const upper = clampOf(this.#rectifier);
    const sums = this.#sums.offset;
    const factors = this.#factors.offset;
    const [mean, variance] = [this.#mean.offset, this.#variance.offset];
    const [scale, shift] = [this.#folded.offset, this.#folded.offset + c];
    // The data gradient needs these sums, so they cannot wait for the weights' tape.
    samples.add("batch_norm_backward_sums", "sample", n, x, dy, mean, scale, shift, sums, positions, c, upper);
    const gradients = [gamma.offset, beta.offset, factors] as const;
    const counts = [n, c, n * positions] as const;
    const statistics = [sums, mean, variance, scale] as const;
    samples.add("batch_norm_backward_parameters", "channel", c, ...statistics, ...gradients, this.#epsilon, ...counts);
    if (dx === 0) return;
    samples.add("batch_norm_backward_data", "sample", n, x, dy, dx, scale, shift, factors, positions, c, upper);
  }
}
