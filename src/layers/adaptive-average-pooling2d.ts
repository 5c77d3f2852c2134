import { adaptivePoolingRows } from "../engine/operands/extra/adaptive-pooling.ts";
import type { Tape } from "../engine/tape.ts";
import { pair } from "../options/kinds.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Layer } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { pooling } from "./pooling.ts";
import { imageShape, type Shape } from "./shape.ts";

const OPTIONS = {
  /** Rows and columns of the output, or one number for both. */
  outputSize: { kind: pair() },
} as const satisfies OptionSchema;

/** Options of `adaptiveAveragePooling2d`. */
export interface AdaptiveAveragePoolOptions extends LayerOptions, OptionsOf<typeof OPTIONS> {}

/**
 * Means of windows of such a size that the output has the given one (PyTorch's AdaptiveAvgPool2d): [h, w, c] to [p, q, c].
 * Row i has those from floor(i h / p) to ceil((i + 1) h / p) - 1, so that neighbours share a row where p does not divide h.
 *
 * @throws TypeError, RangeError for an unknown or wrong option
 * @example
 * adaptiveAveragePooling2d({ outputSize: 7 });
 */
export function adaptiveAveragePooling2d(options: AdaptiveAveragePoolOptions): Layer {
  return ADAPTIVE_AVERAGE_POOLING2D.create(options);
}

/** The type of `adaptiveAveragePooling2d` layers. */
export const ADAPTIVE_AVERAGE_POOLING2D = layerType(
  "adaptiveAveragePooling2d",
  OPTIONS,
  ({ outputSize: [p, q] }, header) => {
    /** Pooling by windows of one size, side by side. */
    const even = pooling(header, "average", (h, w, name) => {
      const kernel = [h / p, w / q] as const;
      return { name, h, w, kernel, strides: kernel, padding: "valid" };
    });
    return {
      ...header,
      outputShape: ([input], who) => [p, q, imageShape(input, who)[2]],
      parameters: () => [],
      multiplyAdds: () => 0,
      place(site) {
        const [input] = site.inputs;
        return input[0] % p === 0 && input[1] % q === 0 ? even.place(site) : new PlacedAdaptivePooling(input, p, q);
      },
    };
  },
);

class PlacedAdaptivePooling implements PlacedLayer {
  readonly kernels = adaptivePoolingRows;
  readonly #dims: readonly [h: number, w: number, c: number, p: number, q: number];

  constructor([h, w, c]: Shape, p: number, q: number) {
    this.#dims = [h, w, c, p, q];
  }

  forward(tape: Tape, n: number, { x: [x], y }: ForwardPlaces): void {
    tape.add("adaptive_average_pool_forward", "sample", n, x, y, ...this.#dims);
  }

  backward({ samples }: BackwardTapes, n: number, { dy, dx: [dx] }: BackwardPlaces): void {
    if (dx !== 0) samples.add("adaptive_average_pool_backward", "sample", n, dy, dx, ...this.#dims);
  }
}
