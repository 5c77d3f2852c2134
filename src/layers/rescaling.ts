import { affineRows } from "../engine/operands/extra/affine.ts";
import type { Tape } from "../engine/tape.ts";
import { number } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { sizeOf } from "./shape.ts";

const OPTIONS = {
  /** Factor of all numbers. */
  scale: { kind: number() },
  /** Number that is added afterwards. */
  offset: { kind: number(), default: 0 },
} as const satisfies OptionSchema;

/** Options of `rescaling`. */
export interface RescalingOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Each number times `scale`, plus `offset` (Keras' Rescaling); any shape.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * rescaling({ scale: 2, offset: -1 }); // [0, 1] to [-1, 1]
 */
export function rescaling(options: RescalingOptions): Layer {
  return RESCALING.create(options);
}

/** The type of `rescaling` layers. */
export const RESCALING = layerType("rescaling", OPTIONS, ({ scale, offset }, header) => ({
  ...header,
  outputShape: ([input]) => input,
  parameters: () => [],
  multiplyAdds: () => 0,
  place: ({ output }) => new PlacedRescaling(sizeOf(output), scale, offset),
}));

class PlacedRescaling implements PlacedLayer {
  readonly kernels = affineRows;
  readonly #size: number;
  readonly #scale: number;
  readonly #offset: number;

  constructor(size: number, scale: number, offset: number) {
    this.#size = size;
    this.#scale = scale;
    this.#offset = offset;
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    tape.add("rescale", "sample", n, x, y, this.#size, this.#scale, this.#offset);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx !== 0) samples.add("scale", "sample", n, dy, dx, this.#size, this.#scale);
  }
}
