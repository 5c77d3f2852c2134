import { type Layer, type PlacedLayer, sizeOf } from "./layer.ts";
import { OptionReader } from "./options.ts";

/** A layer that hands its input on. */
export const PASS: PlacedLayer = {
  forward: (_tape, _n, x) => x,
  backward: (_tapes, _n, dy) => dy,
};

/**
 * [h, w, c] to [h w c]. Costs nothing: the numbers stay where they are.
 *
 * @example
 * flatten();
 */
export function flatten(options: { name?: string } = {}): Layer {
  return readFlatten(options);
}

/** The same from options of unknown origin. */
export function readFlatten(options: object): Layer {
  const reader = new OptionReader("flatten", options, []);
  return {
    type: "flatten",
    stopsAtZero: "inherits",
    config: reader.config,
    outputShape: (input) => [sizeOf(input)],
    parameters: () => [],
    multiplyAdds: () => 0,
    place: () => PASS,
  };
}
