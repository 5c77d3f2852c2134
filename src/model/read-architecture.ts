import { readLayers } from "../graph/read.ts";
import { readFields } from "../options/objects.ts";
import { Architecture } from "./architecture.ts";
import { readOutputNames } from "./forms.ts";
import { readInput } from "./input.ts";

/**
 * Reads a network from parsed JSON, as `Architecture.toJson` gives it: `{ "input": { "shape": [28, 28, 1], "scale":
 * 0.00392 }, "layers": [{ "type": "conv2d", ... }] }`, with `"outputs": ["left", "right"]` where the outputs are not
 * just the last layer's.
 *
 * A function apart from the class, so that programs which read no networks bundle only the layers that they name.
 *
 * @throws TypeError, RangeError for unknown keys, and where options or shapes do not fit
 */
export function readArchitecture(json: unknown): Architecture {
  const { input, layers, outputs } = readFields("model", json, ["input", "layers", "outputs"]);
  return new Architecture({
    input: readInput(input),
    layers: readLayers(layers, "layers"),
    outputs: readOutputNames(outputs),
  });
}
