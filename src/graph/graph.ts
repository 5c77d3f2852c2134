import type { LayerDefinition, ParameterSpec } from "../layers/layer.ts";
import type { Shape } from "../layers/shape.ts";

/** An array that flows between nodes, without the batch: the input of a network, or a node's output. */
export interface Tensor {
  /** Number of the tensor: 0 for the network's input, higher for every other one than those of the tensors it is computed from. */
  readonly id: number;
  readonly shape: Shape;
}

/** A layer in its place. */
export interface Node {
  /** The layer's name, after the names of the blocks that it stands in: `conv2d`, `residual/conv2d`. */
  readonly path: string;
  readonly layer: LayerDefinition;
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  /** True: its parameters keep their values in training. */
  readonly frozen: boolean;
}

/** A parameter of a node, named `path/parameter`. */
export interface NodeParameter extends ParameterSpec {
  /** True if gradients change it: not for statistics, nor for frozen parameters. */
  readonly trained: boolean;
  /** True if it always keeps its value. Statistics of a node that is not frozen move. */
  readonly frozen: boolean;
}

/** An output of a network: its name, and the tensor. */
export interface Output {
  readonly name: string;
  readonly tensor: Tensor;
}

/** A network as plain data: its nodes, and the tensors that flow between them. */
export interface Graph {
  readonly input: Tensor;
  /** Nodes in an order in which each stands after those whose outputs it takes. */
  readonly nodes: readonly Node[];
  readonly outputs: readonly Output[];
}

/** The shapes of a node's inputs. */
export function inputShapes({ inputs }: Node): readonly Shape[] {
  return inputs.map(({ shape }) => shape);
}

/** The parameters of a node. */
export function parametersOf(node: Node): NodeParameter[] {
  const { path, frozen } = node;
  return node.layer.parameters(inputShapes(node)).map((spec) => ({
    ...spec,
    name: `${path}/${spec.name}`,
    trained: !frozen && spec.role !== "statistic",
    frozen,
  }));
}

/** The parameters of all nodes, in their order. */
export function graphParameters({ nodes }: Pick<Graph, "nodes">): NodeParameter[] {
  return nodes.flatMap(parametersOf);
}

/** Multiply-adds of one sample's forward pass. */
export function graphMultiplyAdds({ nodes }: Pick<Graph, "nodes">): number {
  return nodes.reduce((sum, node) => sum + node.layer.multiplyAdds(inputShapes(node)), 0);
}

/** The nodes that take each tensor, by its number; a node that takes it twice counts twice. */
export function usersOf({ nodes }: Pick<Graph, "nodes">): ReadonlyMap<number, readonly Node[]> {
  const users = new Map<number, Node[]>();
  for (const node of nodes) {
    for (const { id } of node.inputs) {
      const known = users.get(id);
      if (known === undefined) users.set(id, [node]);
      else known.push(node);
    }
  }
  return users;
}

/** The node that makes each tensor, by its number; none makes the input. */
export function producers({ nodes }: Pick<Graph, "nodes">): ReadonlyMap<number, Node> {
  return new Map(nodes.map((node) => [node.output.id, node]));
}
