/**
 * The part that layer and group normalisation share: a scale and a shift behind the normalisation, each of which may be missing.
 *
 * @module
 */

import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { flag, number } from "../options/kinds.ts";
import type { OptionSchema, ValuesOf } from "../options/schema.ts";
import type { ParameterSpec } from "./layer.ts";
import { initializer } from "./options.ts";
import type { ParameterPlace, Site } from "./placed-layer.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** The options that layer and group normalisation share. */
export const SAMPLE_NORMALIZATION = {
  /** Added to the variance, so that numbers that do not vary have a result; above 0. */
  epsilon: { kind: number({ above: 0, float32: true }), default: 1e-3 },
  /** True: beta, a trained shift, is added. */
  center: { kind: flag(), default: true },
  /** True: what is normalised is multiplied by gamma, a trained scale. */
  scale: { kind: flag(), default: true },
  /** Values with which the scales start. */
  gammaInitializer: { kind: initializer(), default: "ones" },
  /** Values with which the shifts start. */
  betaInitializer: { kind: initializer(), default: "zeros" },
} as const satisfies OptionSchema;

/** Values of these options. */
export type SampleNormalizationValues = ValuesOf<typeof SAMPLE_NORMALIZATION>;

/** The parameters gamma and beta of a shape, as far as a layer has them. */
export function affineParameters(values: SampleNormalizationValues, shape: Shape): readonly ParameterSpec[] {
  const of = { shape, fans: { fanIn: sizeOf(shape), fanOut: sizeOf(shape) }, role: "normalization" } as const;
  const gamma = { ...of, name: "gamma", initializer: values.gammaInitializer };
  const beta = { ...of, name: "beta", initializer: values.betaInitializer };
  return [...(values.scale ? [gamma] : []), ...(values.center ? [beta] : [])];
}

/** Gamma and beta in memory. Offsets of 0 stand for one that a layer lacks, and for a gradient that is not wanted. */
export class PlacedAffine {
  /** True if the gradient of one of them is wanted. */
  readonly isTrained: boolean;
  readonly #gamma: ParameterPlace | undefined;
  readonly #beta: ParameterPlace | undefined;

  constructor(site: Site, { scale, center }: SampleNormalizationValues) {
    this.#gamma = scale ? site.parameter("gamma") : undefined;
    this.#beta = center ? site.parameter("beta") : undefined;
    this.isTrained = this.#gamma?.gradient !== undefined || this.#beta?.gradient !== undefined;
  }

  get gamma(): number {
    return this.#gamma?.value.offset ?? 0;
  }

  get beta(): number {
    return this.#beta?.value.offset ?? 0;
  }

  /** Emits their gradients from the sums of each sample, `pitch` floats apart, as far as they are wanted. */
  emitGradients(tape: Tape, n: number, sums: Region, pitch: number): void {
    const [gamma, beta] = [this.#gamma?.gradient, this.#beta?.gradient];
    const size = gamma?.size ?? beta?.size;
    if (size === undefined) return;
    const places = [sums.offset, gamma?.offset ?? 0, beta?.offset ?? 0] as const;
    tape.add("sample_norm_parameters", "channel", size, ...places, n, size, pitch);
  }
}
