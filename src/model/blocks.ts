/**
 * Blocks of a network: what may be trained on or left as it is in one piece.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { type Graph, inputShapes, type Node, producers, usersOf } from "../graph/graph.ts";
import { sizeOf } from "../layers/shape.ts";

/**
 * The nodes of a network in blocks, from the input on. A block ends where all that comes after follows from one tensor, and that is a sum
 * or another merging of branches, comes from a pooling, or from a layer with weights and no activation, as bottlenecks end with. A
 * last layer with weights is a block of its own.
 */
export function blocksOf(graph: Graph): readonly (readonly Node[])[] {
  const { nodes } = graph;
  const head = nodes.map(hasWeights).lastIndexOf(true);
  const last = new Map<number, number>();
  for (const [index, { inputs }] of nodes.entries()) for (const { id } of inputs) last.set(id, index);
  for (const { tensor } of graph.outputs) last.set(tensor.id, nodes.length);
  const blocks: Node[][] = [[]];
  const open = new Set([graph.input.id]);
  const users = usersOf(graph);
  const makers = producers(graph);
  for (const [index, node] of nodes.entries()) {
    blocks[blocks.length - 1].push(node);
    open.add(node.output.id);
    for (const id of open) if ((last.get(id) ?? 0) <= index) open.delete(id);
    const next = users.get(node.output.id) ?? [];
    const isOnly = open.size === 1 && open.has(node.output.id);
    const goesOn = next.length === 1 && isUnary(next[0]);
    if (isOnly && !goesOn && index < head && (index + 1 === head || isEnd(node, makers))) blocks.push([]);
  }
  return blocks;
}

/** True for the end of a block: see {@link blocksOf}. */
function isEnd(node: Node, makers: ReadonlyMap<number, Node>): boolean {
  for (let at: Node | undefined = node, isActivated = false; at !== undefined; at = makers.get(at.inputs[0].id)) {
    if (hasWeights(at) && !isNormalization(at)) return !isActivated && at.layer.config.activation === undefined;
    // A gate, such as that of squeeze and excitation, only weighs what comes in.
    if (at.layer.type !== "multiply" && (at.inputs.length > 1 || isSmaller(at))) return true;
    isActivated ||= !isNormalization(at);
  }
  return false;
}

/** True for a pooling. */
function isSmaller({ inputs, output }: Node): boolean {
  return sizeOf(output.shape) < sizeOf(inputs[0].shape);
}

/** True for an activation, a normalisation, a pooling: what belongs to the layer before it. */
function isUnary(node: Node): boolean {
  return node.inputs.length === 1 && (!hasWeights(node) || isNormalization(node));
}

function isNormalization({ layer: { type } }: Node): boolean {
  return type.endsWith("Normalization");
}

/** The layers of a network that fine-tuning trains, and those that it leaves as they are: paths of all that have weights. */
export interface TunedLayers {
  readonly trained: readonly string[];
  readonly frozen: readonly string[];
  /** Blocks that are trained, without the last layer. */
  readonly blocks: number;
}

/**
 * The layers to train for a network's last blocks and its last layer. Normalisations stay frozen: the few images of a batch know less of a
 * mean than the many of the first training did.
 *
 * @param count blocks before the last layer; undefined for all
 * @param who stands in messages
 * @throws RangeError if the network has not so many
 */
export function tunedLayers(graph: Graph, count: number | undefined, who: string): TunedLayers {
  const blocks = blocksOf(graph);
  const most = blocks.length - 1;
  if (count !== undefined && count > most)
    throw new InputRangeError(who, `at most ${most}, the blocks of the backbone`, String(count), "out-of-range");
  const first = most - (count ?? most);
  const trained: string[] = [];
  const frozen: string[] = [];
  for (const [index, block] of blocks.entries()) {
    for (const node of block) {
      if (!hasWeights(node)) continue;
      (index >= first && !isNormalization(node) ? trained : frozen).push(node.path);
    }
  }
  return { trained, frozen, blocks: most - first };
}

function hasWeights(node: Node): boolean {
  return node.layer.parameters(inputShapes(node)).length > 0;
}
