import type { InputScaling } from "../foreign-model.ts";
import { countUsers } from "./absorb.ts";
import type { OpNode } from "./op-node.ts";
import type { SimpleGraph } from "./simplify.ts";

/** A graph without the nodes that scale its input, and the scaling with theirs in it. */
export interface TakenScaling {
  readonly graph: SimpleGraph;
  /** Undefined where neither caller nor file says one. */
  readonly scaling: InputScaling | undefined;
}

/** A factor and a summand for each channel. */
interface Numbers {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/**
 * Takes the sums and products of constants that the input goes through first, as part of the scaling of pixels.
 *
 * @param isLast true: the input's axes are height, width, channels
 * @param given what the caller says: what pixels go through before
 */
export function takeScaling(graph: SimpleGraph, isLast: boolean, given: InputScaling | undefined): TakenScaling {
  const users = countUsers(graph);
  const channels = graph.input.dims[channelAxis(graph, isLast)];
  let value = graph.input;
  let found: Numbers | undefined;
  const taken = new Set<OpNode>();
  for (const node of graph.nodes) {
    if (node.inputs[0]?.name !== value.name) continue;
    const next = users.get(value.name) === 1 ? numbersOf(node, channelAxis(graph, isLast), channels) : undefined;
    if (next === undefined) break;
    found = found === undefined ? next : chained(found, next);
    taken.add(node);
    value = node.output;
  }
  if (found === undefined) return { graph, scaling: given };
  const nodes = graph.nodes.filter((node) => !taken.has(node));
  const scaling = given === undefined ? found : chained(numbersOfScaling(given, channels), found);
  return { graph: { ...graph, input: value, nodes }, scaling };
}

function channelAxis({ input: { dims } }: SimpleGraph, isLast: boolean): number {
  return (dims.length === 4 && !isLast) || dims.length === 3 ? 1 : dims.length - 1;
}

function numbersOf(node: OpNode, axis: number, channels: number): Numbers | undefined {
  const all = (value: number) => new Array<number>(channels).fill(value);
  if (node.op === "Rescale") {
    return { scale: all(node.number("scale", 1)), offset: all(node.number("offset", 0)) };
  }
  if (node.op !== "Affine" || node.number("axis", 1) !== axis) return undefined;
  const [scale, offset] = [node.inputs[1]?.constant, node.inputs[2]?.constant];
  return {
    scale: scale === undefined ? all(1) : [...scale.data],
    offset: offset === undefined ? all(0) : [...offset.data],
  };
}

function chained(first: Numbers, second: Numbers): Numbers {
  return {
    scale: first.scale.map((value, i) => value * second.scale[i]),
    offset: first.offset.map((value, i) => value * second.scale[i] + second.offset[i]),
  };
}

function numbersOfScaling({ scale, offset, mean, deviation }: InputScaling, channels: number): Numbers {
  const each = (value: number | readonly number[] | undefined, fallback: number) =>
    Array.from({ length: channels }, (_, i) => (typeof value === "number" ? value : (value?.[i] ?? fallback)));
  if (mean === undefined && deviation === undefined) return { scale: each(scale, 1), offset: each(offset, 0) };
  const [means, deviations] = [each(mean, 0), each(deviation, 1)];
  return { scale: deviations.map((d) => 1 / d), offset: means.map((m, i) => -m / deviations[i]) };
}
