import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import {
  type BackwardPlaces,
  type BackwardTapes,
  defineLayer,
  type ForwardPlaces,
  type Layer,
  type Mode,
  type PlacedLayer,
  type Site,
  sizeOf,
} from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";

export interface DropoutOptions extends LayerOptions {
  /** Share of the elements set to zero in training, from 0 to below 1. */
  rate: number;
}

/**
 * Sets a random share of the elements to zero in training and scales the others up, so that nothing needs to change in
 * inference (Srivastava et al., 2014, the inverted form); any shape.
 *
 * @throws RangeError if the rate is not in [0, 1)
 * @example
 * dropout({ rate: 0.5 });
 */
export function dropout(options: DropoutOptions): Layer {
  return readDropout(options);
}

/** The same from options of unknown origin. */
export function readDropout(options: object): Layer {
  const reader = new OptionReader("dropout", options, ["rate"]);
  const rate = reader.number("rate", 0, 1, Number.NaN);
  if (rate === 1) throw new RangeError(`${reader.who}: expected rate to be below 1, got 1`);
  return defineLayer({
    type: "dropout",
    alias: "inference",
    stopsAtZero: "inherits",
    config: reader.config,
    outputShape: ([input]) => input,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: (site) => new PlacedDropout(site, rate),
  });
}

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
