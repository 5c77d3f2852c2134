import { noiseRows } from "../engine/operands/extra/noise.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import { sizeOf } from "./shape.ts";

/** Dropout of whole channels of each sample; of whole samples, where all of one counts as one channel. */
export class PlacedDrop implements PlacedLayer {
  readonly kernels = noiseRows;
  readonly #rate: number;
  readonly #channels: number;
  readonly #positions: number;
  readonly #key: Region | undefined;

  constructor(site: Site, channels: number, rate: number) {
    this.#rate = rate;
    this.#channels = channels;
    this.#positions = sizeOf(site.output) / channels;
    if (site.training) this.#key = site.randomKey(channels);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    if (mode === "training") this.#emit(tape, n, x, y);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx !== 0) this.#emit(samples, n, dy, dx);
  }

  #emit(tape: Tape, n: number, x: number, y: number): void {
    if (this.#key === undefined) return;
    const sizes = [this.#positions, this.#channels, this.#rate] as const;
    tape.add("drop_channels", "sample", n, x, y, ...sizes, this.#key.offset);
  }
}
