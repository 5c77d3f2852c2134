import { readLayers } from "../graph/read.ts";
import type { Layer } from "../layers/layer.ts";
import type { OptionKind } from "../options/kinds.ts";
import { type OptionSchema, readOptions } from "../options/schema.ts";
import { Architecture } from "./architecture.ts";
import { LIST_FORM } from "./forms.ts";

const LAYERS: OptionKind<readonly Layer[], readonly Layer[]> = {
  ...LIST_FORM.layers.kind,
  wanted: "a list of layers",
  read: (_who, key, value) => readLayers(value, key),
};

const FILE_FORM = { ...LIST_FORM, layers: { kind: LAYERS } } as const satisfies OptionSchema;

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
  return new Architecture(readOptions("model", FILE_FORM, json));
}
