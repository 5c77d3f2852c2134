import { SUM_ROWS } from "../engine/kernel-sizes.ts";
import { groupNormRows } from "../engine/operands/extra/sample-norm.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { InputRangeError, shown } from "../errors.ts";
import { number, type OptionKind } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
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
import { sizeOf } from "./shape.ts";

/** A number of groups; -1 stands for that of the channels. */
function groupCount(): OptionKind<number, number> {
  const rule = { whole: true, minimum: -1 } as const;
  const wanted = "a whole number at least 1, or -1";
  const { read } = number(rule);
  return {
    field: "whole",
    rule,
    wanted,
    read(who, key, value) {
      if (value === 0) throw new InputRangeError(who, `${key} to be ${wanted}`, shown(value));
      return read(who, key, value);
    },
  };
}

const OPTIONS = {
  /** Groups of channels, which they must divide; -1: as many as there are channels, which is instance normalisation. */
  groups: { kind: groupCount(), default: 32 },
  ...SAMPLE_NORMALIZATION,
} as const satisfies OptionSchema;

/** Options of `groupNormalization`. */
export interface GroupNormalizationOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Normalises groups of neighbouring channels of each sample by itself, over all positions, then scales by gamma and shifts by beta (Wu & He,
 * 2018; Keras' GroupNormalization, PyTorch's GroupNorm with an epsilon of 1e-5); [h, w, c] or [units]. The same in training and inference.
 *
 * Instance normalisation (Ulyanov et al., 2016) is that of single channels: `groups: -1`.
 *
 * Parameters: `gamma` unless `scale` is false, `beta` unless `center` is; both [c].
 *
 * @throws TypeError, RangeError for an unknown or wrong option, or groups that do not divide the channels
 * @example
 * groupNormalization({ groups: 8 });
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): Layer {
  return GROUP_NORMALIZATION.create(options);
}

/** The type of `groupNormalization` layers. */
export const GROUP_NORMALIZATION = layerType("groupNormalization", OPTIONS, (options, header) => {
  const { groups } = options;
  return {
    ...header,
    outputShape([input], who) {
      const channels = input[input.length - 1];
      if (groups !== -1 && channels % groups !== 0)
        throw new InputRangeError(who, `groups that divide the ${channels} channels of inputs [${input}]`, `${groups}`);
      return input;
    },
    parameters: ([input]) => affineParameters(options, input.slice(-1)),
    multiplyAdds: () => 0,
    place: (site) => new PlacedGroupNormalization(site, groups, options),
  };
});

class PlacedGroupNormalization implements PlacedLayer {
  readonly kernels = groupNormRows;
  readonly #affine: PlacedAffine;
  readonly #epsilon: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #groups: number;
  /** Means and squares of each sample's channels; in the backward pass sums for the gradients. */
  readonly #sums: Region;
  /** Scale, shift, mean and 1 / deviation of each sample's channels. */
  readonly #folded: Region;
  /** Floats of a sample's sums. */
  readonly #pitch: number;

  constructor(site: Site, groups: number, options: SampleNormalizationValues) {
    const c = site.output[site.output.length - 1];
    this.#affine = new PlacedAffine(site, options);
    this.#epsilon = options.epsilon;
    this.#channels = c;
    this.#positions = sizeOf(site.output) / c;
    this.#groups = groups === -1 ? c : groups;
    this.#pitch = SUM_ROWS * Math.ceil(c / 4) * 4;
    this.#sums = site.reserve("sums", "scratch", site.batch * this.#pitch);
    this.#folded = site.reserve("folded", "scratch", site.batch * 4 * c);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    const [positions, c] = [this.#positions, this.#channels];
    const [sums, folded] = [this.#sums.offset, this.#folded.offset];
    const parameters = [this.#affine.gamma, this.#affine.beta] as const;
    const sizes = [positions, c, this.#groups, this.#epsilon] as const;
    tape.add("batch_norm_moments", "sample", n, x, sums, positions, c);
    tape.add("group_norm_forward", "sample", n, x, y, sums, folded, ...parameters, ...sizes);
  }

  backward({ samples, weights }: BackwardTapes, n: number, { x: [x], dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0 && !this.#affine.isTrained) return;
    const places = [this.#folded.offset, this.#affine.gamma, this.#sums.offset] as const;
    const sizes = [this.#positions, this.#channels, this.#groups] as const;
    samples.add("group_norm_backward", "sample", n, x, dy, dx, ...places, ...sizes);
    this.#affine.emitGradients(weights, n, this.#sums, this.#pitch);
  }
}
