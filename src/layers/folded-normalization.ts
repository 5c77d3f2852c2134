import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { foldRunning } from "./placed-frozen-normalization.ts";
import type { FoldedWeights, ParameterPlace, Site } from "./placed-layer.ts";

/**
 * The weights of a layer that does the work of the batch normalisation after it: each filter times gamma / sqrt(variance +
 * epsilon), and the bias that goes with them, by the running statistics. Packing makes them anew of the layer's own.
 */
export class FoldedNormalization implements FoldedWeights {
  readonly #site: Site;
  readonly #path: string;
  readonly #epsilon: number;
  readonly #own: { readonly kernel: Region; readonly bias: Region | undefined };
  /** Scale, then shift, of each filter. */
  readonly #folded: Region;
  readonly #bias: Region | undefined;
  readonly kernel: Region;

  /**
   * @param path of the layer that has its parameters
   * @param kernel of the layer, whose last axis is filters
   */
  constructor(site: Site, path: string, epsilon: number, kernel: ParameterPlace, bias: ParameterPlace | undefined) {
    this.#site = site;
    this.#path = path;
    this.#epsilon = epsilon;
    this.#own = { kernel: kernel.value, bias: bias?.value };
    const filters = this.#parameter("gamma").size;
    this.#folded = site.reserve("folded", "packed", 2 * filters);
    this.kernel = site.reserve("folded kernel", "packed", kernel.value.size);
    if (bias !== undefined) this.#bias = site.reserve("folded bias", "packed", bias.value.size);
  }

  #parameter(name: string): Region {
    return this.#site.parameterOf(this.#path, name).value;
  }

  get bias(): number {
    return this.#bias?.offset ?? this.#folded.offset + this.#folded.size / 2;
  }

  pack(tape: Tape): void {
    foldRunning(tape, (name) => this.#parameter(name), this.#folded, this.#epsilon);
    const filters = this.#folded.size / 2;
    const [scale, shift] = [this.#folded.offset, this.#folded.offset + filters];
    const { kernel, bias } = this.#own;
    const rows = kernel.size / filters;
    tape.add("multiply_channels", "single", 1, kernel.offset, scale, this.kernel.offset, rows, filters);
    if (bias === undefined || this.#bias === undefined) return;
    const places = [bias.offset, this.#bias.offset, scale, shift] as const;
    const bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    tape.add("batch_norm_forward", "single", 1, ...places, bias.size / filters, filters, ...bounds);
  }
}
