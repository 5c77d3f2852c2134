import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer, Site } from "./placed-layer.ts";
import { boundsOf, clampOf, type Rectifier } from "./rectifier.ts";
import { sizeOf } from "./shape.ts";

/** Emits the normalisation by a mean and a variance as a scale and a shift of each channel: [2, c]. */
export function foldNormalization(
  tape: Tape,
  { gamma, beta, mean, variance }: Readonly<Record<"gamma" | "beta" | "mean" | "variance", Region>>,
  folded: Region,
  epsilon: number,
): void {
  const c = gamma.size;
  const [scale, shift] = [folded.offset, folded.offset + c];
  const places = [gamma.offset, beta.offset, mean.offset, variance.offset, scale, shift] as const;
  tape.add("batch_norm_fold", "channel", c, ...places, epsilon);
}

/** Emits the normalisation by the running statistics as a scale and a shift of each channel. */
export function foldRunning(tape: Tape, value: (name: string) => Region, folded: Region, epsilon: number): void {
  const statistics = { mean: value("movingMean"), variance: value("movingVariance") };
  foldNormalization(tape, { gamma: value("gamma"), beta: value("beta"), ...statistics }, folded, epsilon);
}

/**
 * Batch normalisation that is frozen: a scale and a shift of each channel by the running statistics, in every mode, which
 * never move (PyTorch's eval() of a layer whose parameters need no gradient).
 */
export class PlacedFrozenNormalization implements PlacedLayer {
  readonly #site: Site;
  readonly #epsilon: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #rectifier: Rectifier;
  readonly #folded: Region;
  /** Factors of x and of 1 in the data gradient, which the statistics do not enter: zeros [2, c]. */
  readonly #zeros: Region | undefined;

  constructor(site: Site, epsilon: number, rectifier: Rectifier) {
    const c = site.output[site.output.length - 1];
    this.#site = site;
    this.#epsilon = epsilon;
    this.#rectifier = rectifier;
    this.#channels = c;
    this.#positions = sizeOf(site.output) / c;
    this.#folded = site.reserve("folded", "scratch", 2 * c);
    if (site.hasBackward) this.#zeros = site.reserve("zeros", "scratch", 2 * c);
  }

  pack(tape: Tape): void {
    foldRunning(tape, (name) => this.#site.parameter(name).value, this.#folded, this.#epsilon);
  }

  packBackward(tape: Tape): void {
    if (this.#zeros === undefined) return;
    const c = this.#channels;
    const gamma = this.#site.parameter("gamma").value.offset;
    for (const zeros of [this.#zeros.offset, this.#zeros.offset + c])
      tape.add("scale", "channel", c, gamma, zeros, 1, 0);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const c = this.#channels;
    const folded = this.#folded.offset;
    const { lower, upper } = boundsOf(this.#rectifier);
    tape.add("batch_norm_forward", "sample", n, x, y, folded, folded + c, this.#positions, c, lower, upper);
  }

  backward({ samples }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0 || this.#zeros === undefined) return;
    const c = this.#channels;
    const folded = this.#folded.offset;
    const positions = this.#positions;
    const upper = clampOf(this.#rectifier);
    const places = [x, dy, dx, folded, folded + c, this.#zeros.offset] as const;
    samples.add("batch_norm_backward_data", "sample", n, ...places, positions, c, upper);
  }
}
