import type { Tape } from "../engine/tape.ts";
import type { ForwardPlaces, Layer } from "./layer.ts";
import { merging } from "./merging.ts";
import type { LayerOptions } from "./options.ts";

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
  return merging(options, {
    type: "add",
    passesGradient: "all",
    place: (size) => ({
      forward: (tape, n, places) => emitSum(tape, n, places, size),
      backward: () => undefined,
    }),
  });
}

/** Emits the sum of all inputs. */
export function emitSum(tape: Tape, n: number, { x, y }: ForwardPlaces, size: number): void {
  tape.add("add", "sample", n, x[0], x[1], y, size);
  for (const more of x.slice(2)) tape.add("add", "sample", n, y, more, y, size);
}
