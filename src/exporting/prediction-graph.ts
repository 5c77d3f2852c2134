import { type Graph, type Node, producers } from "../graph/graph.ts";
import { ACTIVATIONS } from "../layers/activation.ts";
import type { ModelView } from "./model-view.ts";

/**
 * The graph whose outputs are what `predict` gives: with the softmax or sigmoid of the loss at its end, unless it ends in one.
 *
 * @param logits true: without that end, also where it is a layer
 */
export function predictionGraph({ architecture: { graph }, loss }: ModelView, logits: boolean): Graph {
  const type = loss?.activation;
  if (type === undefined) return graph;
  const [{ name, tensor }] = graph.outputs;
  const last = producers(graph).get(tensor.id);
  if (last?.layer.type === type) {
    if (!logits) return graph;
    const nodes = graph.nodes.filter((node) => node !== last);
    return { ...graph, nodes, outputs: [{ name, tensor: last.inputs[0] }] };
  }
  if (logits) return graph;
  const end: Node = {
    path: unusedPath(graph, type),
    layer: ACTIVATIONS[type].create({}),
    inputs: [tensor],
    output: { id: 1 + Math.max(tensor.id, ...graph.nodes.map(({ output }) => output.id)), shape: tensor.shape },
    frozen: false,
  };
  return { ...graph, nodes: [...graph.nodes, end], outputs: [{ name, tensor: end.output }] };
}

function unusedPath({ nodes }: Graph, type: string): string {
  const paths = new Set(nodes.map(({ path }) => path));
  let free = type;
  for (let count = 1; paths.has(free); count++) free = `${type}_${count}`;
  return free;
}
