import type { Graph, Node } from "./graph.ts";
import { parametersOf } from "./graph.ts";

/** Whether a node has parameters that are trained. */
export function trains(node: Node): boolean {
  return parametersOf(node).some(({ trained }) => trained);
}

/**
 * The tensors, by their numbers, whose gradient is wanted: those that follow from a trained parameter, so that a gradient
 * goes through them on its way there.
 *
 * @param ofInput whether the gradient of the network's input is wanted, and so that of all
 */
export function wantedGradients({ nodes, input }: Graph, ofInput: boolean): ReadonlySet<number> {
  const wanted = new Set<number>(ofInput ? [input.id] : []);
  for (const node of nodes) {
    if (node.inputs.some(({ id }) => wanted.has(id)) || trains(node)) wanted.add(node.output.id);
  }
  return wanted;
}
