import type { Tape } from "../engine/tape.ts";
import { defineLayer, type ForwardPlaces, type Layer, type PlacedLayer, type Shape, sizeOf } from "./layer.ts";
import { type LayerOptions, OptionReader } from "./options.ts";

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
  return defineLayer({
    type: "add",
    config: reader.config,
    arity: [2, Number.POSITIVE_INFINITY],
    passesGradient: true,
    outputShape: sameShape,
    parameters: () => [],
    multiplyAdds: () => 0,
    place: ({ output }) => new PlacedSum(sizeOf(output)),
  });
}

/** The shape of all inputs of a layer that takes them element by element. */
export function sameShape(inputs: readonly Shape[], who: string): Shape {
  const [first] = inputs;
  const other = inputs.find((shape) => shape.join() !== first.join());
  if (other !== undefined) {
    throw new RangeError(`${who}: expected inputs of one shape, got [${first}] and [${other}]`);
  }
  return first;
}

class PlacedSum implements PlacedLayer {
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  forward(tape: Tape, n: number, { x, y }: ForwardPlaces): void {
    tape.add("add", "sample", n, x[0], x[1], y, this.#size);
    for (const more of x.slice(2)) tape.add("add", "sample", n, y, more, y, this.#size);
  }

  backward(): void {}
}
