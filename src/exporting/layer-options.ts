import type { Node } from "../graph/graph.ts";
import type { LayerSchema, LayerType } from "../layers/layer-type.ts";
import { type OptionSchema, readOptions, type ValuesOf } from "../options/schema.ts";

/** The options of a node's layer, with defaults. */
export function optionsOf<Own extends OptionSchema>(
  node: Node,
  { schema }: LayerType<Own>,
): ValuesOf<LayerSchema<Own>> {
  return readOptions(node.path, schema, node.layer.config);
}
