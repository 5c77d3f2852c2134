import type { Graph, Node } from "../graph/graph.ts";
import type { Shape } from "../layers/shape.ts";

/** A weight of the network, and how another program has it. */
export interface WeightLayout {
  /** Our name, `path/parameter`. */
  readonly name: string;
  readonly shape: Shape;
  /** The other program's name of it within its layer, such as `running_mean`. */
  readonly theirs: string;
  readonly theirShape: Shape;
  /** Our order of their values: index `i` of ours is `source(i)` of theirs. */
  source(index: number): number;
}

/** The weights of nodes by the nodes' paths, in the order of nodes. */
export type WeightLayouts = ReadonlyMap<string, readonly WeightLayout[]>;

/** The weights of all nodes that have some. */
export function layoutsOf(graph: Graph, ofNode: (node: Node) => readonly WeightLayout[]): WeightLayouts {
  const layouts = graph.nodes.map((node) => [node.path, ofNode(node)] as const);
  return new Map(layouts.filter(([, weights]) => weights.length > 0));
}
