import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { Initializer } from "./initializers.ts";
import { type BackwardTapes, type Layer, type Mode, type PlacedLayer, type Site, sizeOf } from "./layer.ts";
import { OptionReader } from "./options.ts";

export interface BatchNormalizationOptions {
  /** Share of the running statistics that stays at each step. Default 0.99. */
  momentum?: number;
  /** Added to the variance; 0 gives NaN for a channel that does not vary. Default 0.001. */
  epsilon?: number;
  gammaInitializer?: Initializer;
  betaInitializer?: Initializer;
  name?: string;
}

/**
 * Normalises each channel over the batch, then scales by gamma and shifts by beta (Ioffe & Szegedy, 2015; Keras'
 * BatchNormalization); [h, w, c] or [units]. Inference uses running statistics; their variance is the unbiased one.
 *
 * Parameters: `gamma`, `beta`, and the statistics `movingMean`, `movingVariance`, all [c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * batchNormalization({ momentum: 0.9 });
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  return readBatchNormalization(options);
}

/** The same from options of unknown origin. */
export function readBatchNormalization(options: object): Layer {
  const known = ["momentum", "epsilon", "gammaInitializer", "betaInitializer"];
  const reader = new OptionReader("batchNormalization", options, known);
  const momentum = reader.number("momentum", 0, 1, 0.99);
  const epsilon = reader.number("epsilon", 0, Number.MAX_VALUE, 1e-3);
  const gamma = reader.initializer("gammaInitializer", "ones");
  const beta = reader.initializer("betaInitializer", "zeros");
  return {
    type: "batchNormalization",
    config: reader.config,
    outputShape: (input) => input,
    parameters(input) {
      const channels = input[input.length - 1];
      const of = { shape: [channels], fans: { fanIn: channels, fanOut: channels } };
      return [
        { ...of, name: "gamma", role: "normalization", initializer: gamma },
        { ...of, name: "beta", role: "normalization", initializer: beta },
        { ...of, name: "movingMean", role: "statistic", initializer: "zeros" },
        { ...of, name: "movingVariance", role: "statistic", initializer: "ones" },
      ];
    },
    multiplyAdds: () => 0,
    place: (site) => new PlacedBatchNormalization(site, momentum, epsilon),
  };
}

class PlacedBatchNormalization implements PlacedLayer {
  readonly #site: Site;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #y: Region;
  readonly #mean: Region;
  readonly #variance: Region;
  readonly #dx: Region | undefined;
  #x = 0;

  constructor(site: Site, momentum: number, epsilon: number) {
    const { batch, plan, path, input } = site;
    const size = sizeOf(input);
    this.#site = site;
    this.#momentum = momentum;
    this.#epsilon = epsilon;
    this.#channels = input[input.length - 1];
    this.#positions = size / this.#channels;
    this.#y = plan.reserve(`${path}/output`, "activations", batch * size);
    this.#mean = plan.reserve(`${path}/mean`, "scratch", this.#channels);
    this.#variance = plan.reserve(`${path}/variance`, "scratch", this.#channels);
    if (site.training && site.needsInputGradient) this.#dx = plan.reserve(`${path}/dx`, "activations", batch * size);
  }

  #offset(parameter: string): number {
    return this.#site.parameter(parameter).value.offset;
  }

  forward(tape: Tape, n: number, x: number, mode: Mode): number {
    const c = this.#channels;
    const rows = n * this.#positions;
    this.#x = x;
    let mean = this.#offset("movingMean");
    let variance = this.#offset("movingVariance");
    if (mode !== "inference") {
      const [runningMean, runningVariance] = [mean, variance];
      mean = this.#mean.offset;
      variance = this.#variance.offset;
      tape.add("batch_norm_statistics", "channel", c, x, mean, variance, rows, c);
      if (mode !== "batchStatistics") {
        const kept = mode === "calibration" ? 0 : this.#momentum;
        tape.add("batch_norm_running", "channel", c, mean, variance, runningMean, runningVariance, kept, rows);
      }
    }
    tape.add(
      "batch_norm_forward",
      "sample",
      n,
      x,
      this.#y.offset,
      this.#offset("gamma"),
      this.#offset("beta"),
      mean,
      variance,
      this.#epsilon,
      this.#positions,
      c,
    );
    return this.#y.offset;
  }

  backward({ samples }: BackwardTapes, n: number, dy: number): number {
    const gamma = this.#site.parameter("gamma");
    const beta = this.#site.parameter("beta");
    if (gamma.gradient === undefined || beta.gradient === undefined) return 0;
    const c = this.#channels;
    const rows = n * this.#positions;
    const [mean, variance] = [this.#mean.offset, this.#variance.offset];
    const [dgamma, dbeta] = [gamma.gradient.offset, beta.gradient.offset];
    // The data gradient needs these sums, so they cannot wait for the weights' tape.
    samples.add(
      "batch_norm_backward_parameters",
      "channel",
      c,
      this.#x,
      dy,
      mean,
      variance,
      dgamma,
      dbeta,
      this.#epsilon,
      rows,
      c,
    );
    if (this.#dx === undefined) return 0;
    samples.add(
      "batch_norm_backward_data",
      "sample",
      n,
      this.#x,
      dy,
      this.#dx.offset,
      gamma.value.offset,
      mean,
      variance,
      dgamma,
      dbeta,
      this.#epsilon,
      this.#positions,
      c,
      rows,
    );
    return this.#dx.offset;
  }
}
