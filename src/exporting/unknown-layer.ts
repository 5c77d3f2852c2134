import { InputRangeError } from "../errors.ts";
import type { Node } from "../graph/graph.ts";
import { nearest } from "../options/nearest.ts";

/** The error for a layer that a format cannot hold: its type and name, and the nearest that it can. */
export function unknownLayer({ path, layer }: Node, title: string, known: Iterable<string>): InputRangeError {
  const near = nearest(layer.type, [...known]);
  return new InputRangeError(
    `exportModel: ${layer.type} ${JSON.stringify(path)}`,
    `a layer that there is in ${title}`,
    layer.type,
    "unsupported-file",
    { advice: near === undefined ? undefined : `the nearest is ${near}` },
  );
}
