import type { Tape } from "../engine/tape.ts";
import {
  type BackwardPlaces,
  type BackwardTapes,
  defineLayer,
  type ForwardPlaces,
  type Layer,
  type LayerDefinition,
  type PlacedLayer,
  sizeOf,
} from "./layer.ts";
import { sameShape } from "./merging.ts";
import { type LayerOptions, OptionReader } from "./options.ts";
import { isNone, NO_RELU, type Rectifier, stopsAtZero } from "./rectifier.ts";

/**
 * Sum of two or more inputs of one shape (Keras' Add).
 *
 * @throws RangeError for inputs of different shapes
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = add().apply([x, conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x)]);
 */
export function add(options: LayerOptions = {}): Layer {
  return readAdd(options);
}

/** The same from options of unknown origin. */
export function readAdd(options: object): Layer {
  const reader = new OptionReader("add", options, []);
  const sum = (rectifier: Rectifier): LayerDefinition => ({
    type: "add",
    config: reader.config,
    arity: [2, Number.POSITIVE_INFINITY],
    passesGradient: isNone(rectifier) ? "all" : "same",
    ...stopsAtZero(rectifier),
    absorb: (next) => (next.rectifier !== undefined && isNone(rectifier) ? sum(next.rectifier) : undefined),
    outputShape: sameShape,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ output }) => new PlacedSum(sizeOf(output), rectifier),
  });
  return defineLayer(sum(NO_RELU));
}

class PlacedSum implements PlacedLayer {
  readonly #size: number;
  readonly #rectifier: Rectifier;

  constructor(size: number, rectifier: Rectifier) {
    this.#size = size;
    this.#rectifier = rectifier;
  }

  forward(tape: Tape, n: number, places: ForwardPlaces): void {
    emitSum(tape, n, places, this.#size);
    const { upper, slope } = this.#rectifier;
    // In place, while the numbers are in the cache.
    if (!isNone(this.#rectifier)) tape.add("relu_forward", "sample", n, places.y, places.y, this.#size, upper, slope);
  }

  backward({ samples }: BackwardTapes, n: number, { y, dy, dx }: BackwardPlaces): void {
    const same = dx.find((place) => place !== 0);
    if (isNone(this.#rectifier) || same === undefined) return;
    const { upper, slope } = this.#rectifier;
    samples.add("relu_backward", "sample", n, y, dy, same, this.#size, upper, slope);
  }
}

/** Emits the sum of all inputs. */
export function emitSum(tape: Tape, n: number, { x, y }: ForwardPlaces, size: number): void {
  tape.add("add", "sample", n, x[0], x[1], y, size);
  for (const more of x.slice(2)) tape.add("add", "sample", n, y, more, y, size);
}
