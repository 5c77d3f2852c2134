import { emitSum } from "./add.ts";
import type { Layer } from "./layer.ts";
import { mergingType } from "./merging.ts";
import type { LayerOptions } from "./options.ts";

/**
 * Mean of two or more inputs of one shape, element by element (Keras' Average).
 *
 * @throws RangeError for inputs of different shapes
 * @example
 * const x = input({ shape: [8, 8, 4] });
 * const y = average().apply([x, conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x)]);
 */
export function average(options: LayerOptions = {}): Layer {
  return AVERAGE.create(options);
}

/** The type of `average` layers. */
export const AVERAGE = mergingType("average", {
  place: (size, { inputs }) => ({
    forward(tape, n, places) {
      emitSum(tape, n, places, size);
      tape.add("scale", "sample", n, places.y, places.y, size, 1 / inputs.length);
    },
    backward({ samples }, n, { dy, dx }) {
      for (const gradient of dx) {
        if (gradient !== 0) samples.add("scale", "sample", n, dy, gradient, size, 1 / inputs.length);
      }
    },
  }),
});
