import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { dropping, dropRate } from "./dropping.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Share of the elements set to zero in training, from 0 to below 1. */
  rate: { kind: dropRate() },
} as const satisfies OptionSchema;

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Sets a random share of the elements to zero in training and scales the others up, so that nothing needs to change in
 * inference (Srivastava et al., 2014, the inverted form); any shape.
 *
 * @throws RangeError if the rate is not in [0, 1)
 * @example
 * dropout({ rate: 0.5 });
 */
export function dropout(options: DropoutOptions): Layer {
  return DROPOUT.create(options);
}

/** The type of `dropout` layers. */
export const DROPOUT = layerType("dropout", OPTIONS, ({ rate }, header) =>
  dropping(header, (site) => new PlacedDropout(site, rate)),
);

class PlacedDropout implements PlacedLayer {
  readonly #rate: number;
  readonly #size: number;
  readonly #key: Region | undefined;

  constructor(site: Site, rate: number) {
    this.#rate = rate;
    this.#size = sizeOf(site.output);
    if (site.training) this.#key = site.randomKey(this.#size);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    if (mode !== "training" || this.#key === undefined) return;
    tape.add("dropout", "sample", n, x, y, this.#size, this.#rate, this.#key.offset);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx === 0 || this.#key === undefined) return;
    samples.add("dropout", "sample", n, dy, dx, this.#size, this.#rate, this.#key.offset);
  }
}
