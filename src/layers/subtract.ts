import { mergingRows } from "../engine/operands/extra/merging.ts";
import type { Layer } from "./layer.ts";
import { mergingType } from "./merging.ts";
import type { LayerOptions } from "./options.ts";

/**
 * First input minus the second, of one shape (Keras' Subtract).
 *
 * @throws RangeError for inputs of different shapes, or another number of them than two
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = subtract().apply([x, averagePooling2d({ poolSize: 3, strides: 1, padding: "same" }).apply(x)]);
 */
export function subtract(options: LayerOptions = {}): Layer {
  return SUBTRACT.create(options);
}

/** The type of `subtract` layers. */
export const SUBTRACT = mergingType("subtract", {
  most: 2,
  passesGradient: "first",
  place: (size) => ({
    kernels: mergingRows,
    forward: (tape, n, { x, y }) => tape.add("subtract", "sample", n, x[0], x[1], y, size),
    backward({ samples }, n, { dy, dx }) {
      if (dx[1] !== 0) samples.add("scale", "sample", n, dy, dx[1], size, -1);
    },
  }),
});
