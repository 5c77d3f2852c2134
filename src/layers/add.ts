import type { Tape } from "../engine/tape.ts";
import type { Layer, LayerDefinition } from "./layer.ts";
import { layerType } from "./layer-type.ts";
import { mergingDefinition } from "./merging.ts";
import type { LayerOptions } from "./options.ts";
import type { BackwardPlaces, BackwardTapes, ForwardPlaces, PlacedLayer } from "./placed-layer.ts";
import { emitRelu, emitReluGradient, isNone, NO_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";

/**
 * Sum of two or more inputs of one shape (Keras' Add).
 *
 * @throws RangeError for inputs of different shapes
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = add().apply([x, conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x)]);
 */
export function add(options: LayerOptions = {}): Layer {
  return ADD.create(options);
}

/** The type of `add` layers. */
export const ADD = layerType("add", {}, (_, header) => {
  const sum = (rectifier: Rectifier): LayerDefinition => ({
    ...mergingDefinition(header, {
      passesGradient: isNone(rectifier) ? "all" : "same",
      place: (size) => new PlacedSum(size, rectifier),
    }),
    ...stopsAtZero(rectifier),
    absorb: (next) => (next.rectifier !== undefined && isNone(rectifier) ? sum(next.rectifier) : undefined),
  });
  return sum(NO_RELU);
});

class PlacedSum implements PlacedLayer {
  readonly #size: number;
  readonly #rectifier: Rectifier;

  constructor(size: number, rectifier: Rectifier) {
    this.#size = size;
    this.#rectifier = rectifier;
  }

  forward(tape: Tape, n: number, places: ForwardPlaces): void {
    emitSum(tape, n, places, this.#size);
    // In place, while the numbers are in the cache.
    if (!isNone(this.#rectifier)) emitRelu(tape, n, places.y, places.y, this.#size, this.#rectifier);
  }

  backward({ samples }: BackwardTapes, n: number, { y, dy, dx }: BackwardPlaces): void {
    const same = dx.find((place) => place !== 0);
    if (isNone(this.#rectifier) || same === undefined) return;
    emitReluGradient(samples, n, { y, dy, dx: same }, this.#size, this.#rectifier);
  }
}

/** Emits the sum of all inputs. */
export function emitSum(tape: Tape, n: number, { x, y }: ForwardPlaces, size: number): void {
  tape.add("add", "sample", n, x[0], x[1], y, size);
  for (const more of x.slice(2)) tape.add("add", "sample", n, y, more, y, size);
}
