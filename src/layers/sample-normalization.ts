/**
 * The part that layer and group normalisation share: a scale and a shift behind the normalisation, each of which may be missing.
 *
 * @module
 */

import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { flag } from "../options/kinds.ts";
import type { OptionSchema, ValuesOf } from "../options/schema.ts";
import type { ParameterSpec } from "./layer.ts";
import { NORMALIZATION_OPTIONS, scalesAndShifts } from "./normalization-options.ts";
import type { ParameterPlace, Site } from "./placed-layer.ts";
import type { Shape } from "./shape.ts";

/** The options that layer and group normalisation share. */
export const SAMPLE_NORMALIZATION = {
  ...NORMALIZATION_OPTIONS,
  /** True: beta, a trained shift, is added. */
  center: { kind: flag(), default: true },
  /** True: what is normalised is multiplied by gamma, a trained scale. */
  scale: { kind: flag(), default: true },
} as const satisfies OptionSchema;

/** Values of these options. */
export type SampleNormalizationValues = ValuesOf<typeof SAMPLE_NORMALIZATION>;

/** The parameters gamma and beta of a shape, as far as a layer has them. */
export function affineParameters(values: SampleNormalizationValues, shape: Shape): readonly ParameterSpec[] {
  const [gamma, beta] = scalesAndShifts(shape, values);
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
