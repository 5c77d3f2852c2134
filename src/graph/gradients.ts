import type { Graph, Node } from "./graph.ts";
import { parametersOf } from "./graph.ts";

/** True if a node has parameters that are trained. */
export function trains(node: Node): boolean {
  return parametersOf(node).some(({ trained }) => trained);
}

/**
 * Numbers of the tensors whose gradient is wanted: those that follow from a trained parameter, so that its gradient
 * needs theirs.
 *
 * @param ofInput true: the gradient of the network's input is wanted, and so that of all tensors
 */
export function wantedGradients({ nodes, input }: Graph, ofInput: boolean): ReadonlySet<number> {
  const wanted = new Set<number>(ofInput ? [input.id] : []);
  for (const node of nodes) {
    if (node.inputs.some(({ id }) => wanted.has(id)) || trains(node)) wanted.add(node.output.id);
  }
  return wanted;
}
