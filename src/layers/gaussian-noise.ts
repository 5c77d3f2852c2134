import { noiseRows } from "../engine/operands/extra/noise.ts";
import type { Region } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import { number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import { keepingShape } from "./elementwise.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { ForwardPlaces, Mode, PlacedLayer, Site } from "./placed-layer.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Standard deviation of the noise. */
  stddev: { kind: number({ minimum: 0, float32: true }) },
} as const satisfies OptionSchema;

/** Options of `gaussianNoise`. */
export interface GaussianNoiseOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Adds normal noise of mean 0 to each element in training (Keras' GaussianNoise); any shape.
 *
 * @throws RangeError for a negative deviation
 * @example
 * gaussianNoise({ stddev: 0.1 });
 */
export function gaussianNoise(options: GaussianNoiseOptions): Layer {
  return GAUSSIAN_NOISE.create(options);
}

/** The type of `gaussianNoise` layers. */
export const GAUSSIAN_NOISE = layerType("gaussianNoise", OPTIONS, ({ stddev }, header) => ({
  ...keepingShape(header, (site) => new PlacedNoise(site, stddev)),
  alias: "inference",
  passesGradient: "all",
}));

// As in `dropout.ts` noise is drawn in training alone; the kernel, two numbers for each element and the backward pass differ.
class PlacedNoise implements PlacedLayer {
  readonly kernels = noiseRows;
  readonly #deviation: number;
  readonly #size: number;
  readonly #key: Region | undefined;

  constructor(site: Site, deviation: number) {
    this.#deviation = deviation;
    this.#size = sizeOf(site.output);
    if (site.training) this.#key = site.randomKey(2 * this.#size);
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces, mode: Mode): void {
    if (mode !== "training" || this.#key === undefined) return;
    tape.add("gaussian_noise", "sample", n, x, y, this.#size, this.#deviation, this.#key.offset);
  }

  /** Emits nothing: the gradient of the input is that of the output. */
  backward(): void {}
}
