import type { LayerDefinition, Surroundings } from "../layers/layer.ts";
import { type Graph, inputShapes, type Node, usersOf } from "./graph.ts";

/** A rule by which the work of two neighbours is done in one node. */
interface Rule {
  /** The layer that does the work of both, if this rule has one. */
  merge(first: Node, next: Node, surroundings: Surroundings): LayerDefinition | undefined;
  /** The node that gives the path, and so the parameters. */
  readonly named: "first" | "next";
  /** True: the rule holds for inference by running statistics only. */
  readonly inference?: boolean;
}

/** The rules, applied one after the other, each to all nodes. */
const RULES: readonly Rule[] = [
  // A ReLU before a max pooling is done after it: it changes no order, and the maxima are fewer.
  {
    merge: (first, next) => next.layer.absorbBefore?.(first.layer),
    named: "next",
  },
  // In inference a batch normalisation is part of the weights of the layer before it.
  {
    merge: (first, { path, layer }) => layer.normalization && first.layer.fold?.(layer.normalization(path)),
    named: "first",
    inference: true,
  },
  // A layer also does the work of the next one while it has its output in registers.
  {
    merge: (first, next, surroundings) => first.layer.absorb?.(next.layer, inputShapes(first), surroundings),
    named: "first",
  },
];

/**
 * The nodes of a graph, with neighbours merged where a rule can, the first one's output has no other user, and is no
 * output of the network.
 *
 * @param training true if the network has gradients
 * @param wanted the tensors whose gradient is wanted
 */
export function fuse(graph: Graph, training: boolean, wanted: ReadonlySet<number>): readonly Node[] {
  return fusedBy(
    RULES.filter(({ inference }) => inference !== true),
    graph,
    training,
    wanted,
  );
}

/** The nodes of a graph, fused for inference with running statistics, without gradients. */
export function fuseForInference(graph: Graph): readonly Node[] {
  return fusedBy(RULES, graph, false, new Set());
}

function fusedBy(
  rules: readonly Rule[],
  graph: Graph,
  training: boolean,
  wanted: ReadonlySet<number>,
): readonly Node[] {
  const outputs = new Set(graph.outputs.map(({ tensor }) => tensor.id));
  return rules.reduce((nodes, rule) => applied(rule, nodes, outputs, training, wanted), graph.nodes);
}

function applied(
  { merge, named }: Rule,
  nodes: readonly Node[],
  outputs: ReadonlySet<number>,
  training: boolean,
  wanted: ReadonlySet<number>,
): readonly Node[] {
  const users = usersOf({ nodes });
  const result: Node[] = [];
  const merged = new Map<Node, Node>();
  for (const original of nodes) {
    // A node that an earlier one was merged into does the work of both.
    const node = merged.get(original) ?? original;
    const [next, ...others] = users.get(node.output.id) ?? [];
    const alone = next !== undefined && others.length === 0 && next.inputs.length === 1 && !outputs.has(node.output.id);
    const needsInputGradient = node.inputs.some(({ id }) => wanted.has(id));
    const layer = alone ? merge(node, next, { training, needsInputGradient }) : undefined;
    if (layer === undefined) {
      result.push(node);
      continue;
    }
    const { path, frozen } = named === "first" ? node : next;
    // The merged node stands in the later one's place, where all inputs of both are there.
    merged.set(next, { path, layer, inputs: node.inputs, output: next.output, frozen });
  }
  return result;
}
