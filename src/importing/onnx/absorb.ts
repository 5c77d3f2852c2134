/**
 * Constants that are added to tensors or multiplied with them, where they belong: in the weights before them, or as one operator for
 * all of an axis.
 *
 * @module
 */

import type { OnnxAttribute } from "../../formats/onnx/messages.ts";
import { sizeOf } from "../../layers/shape.ts";
import { broadcast, broadcastIndex, Constant } from "./constant.ts";
import type { OpNode, Value } from "./op-node.ts";
import type { SimpleGraph } from "./simplify.ts";

/** A factor and a summand for each value along an axis; undefined for none. */
interface Change {
  readonly scale: Constant | undefined;
  readonly shift: Constant | undefined;
}

/** Number of users of each value, outputs included. */
export function countUsers({ nodes, outputs }: Pick<SimpleGraph, "nodes" | "outputs">): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  const names = [...nodes.flatMap(({ inputs }) => inputs), ...outputs].flatMap((value) => value?.name ?? []);
  for (const name of names) users.set(name, (users.get(name) ?? 0) + 1);
  return users;
}

/** The graph with sums and products of constants as part of weights, or as nodes `Affine`, `Summands` and `Rescale`. */
export function absorbConstants(graph: SimpleGraph): SimpleGraph {
  const users = countUsers(graph);
  const nodes: (OpNode | undefined)[] = [];
  const makers = new Map<string, number>();
  for (const node of graph.nodes) {
    const change = changeOf(node);
    const place = change === undefined ? undefined : makers.get(change.value.name);
    const maker = place === undefined ? undefined : nodes[place];
    let made = node;
    if (change !== undefined) {
      const isOnly = users.get(change.value.name) === 1;
      const merged = isOnly && maker !== undefined ? withChange(maker, change) : undefined;
      if (merged !== undefined && place !== undefined) nodes[place] = undefined;
      made = merged?.with({ outputs: node.outputs }) ?? asNode(node, change);
    }
    for (const { name } of made.outputs) makers.set(name, nodes.length);
    nodes.push(made);
  }
  return { ...graph, nodes: nodes.flatMap((node) => node ?? []) };
}

interface ValueChange extends Change {
  readonly value: Value;
  /** The axis along which there are several numbers; undefined for a single one, "each" where each element of an image has its own. */
  readonly axis: number | "each" | undefined;
}

/** The change that a node makes; undefined for a node of another kind. */
export function changeOf(node: OpNode): ValueChange | undefined {
  const [a, b] = node.inputs;
  if (
    !["Add", "Sub", "Mul", "Div"].includes(node.op) ||
    node.inputs.length !== 2 ||
    a === undefined ||
    b === undefined
  ) {
    return undefined;
  }
  const [value, constant, isFirst] = b.constant !== undefined ? [a, b.constant, false] : [b, a.constant, true];
  if (constant === undefined || value.constant !== undefined) return undefined;
  if (node.output.dims.join() !== value.dims.join()) return undefined;
  const axis = axisOf(constant, value);
  if (axis === undefined) return summandsOf(node.op, constant, value, isFirst);
  const list = constant.reshaped([constant.size]);
  const each = (f: (x: number) => number) => list.mapped(list.dims, (data, i) => f(data[i]));
  const along = { value, axis: axis === "none" ? undefined : axis };
  if (node.op === "Add") return { ...along, scale: undefined, shift: list };
  if (node.op === "Mul") return { ...along, scale: list, shift: undefined };
  if (node.op === "Sub") {
    return isFirst
      ? { ...along, scale: each(() => -1), shift: list }
      : { ...along, scale: undefined, shift: each((x) => -x) };
  }
  return isFirst ? undefined : { ...along, scale: each((x) => 1 / x), shift: undefined };
}

/** The axis of a value along which a constant has numbers; "none" for a single number, undefined for several axes. */
function axisOf(constant: Constant, { dims }: Value): number | "none" | undefined {
  if (constant.size === 1 && constant.dims.length <= dims.length) return "none";
  const offset = dims.length - constant.dims.length;
  const axes = constant.dims.flatMap((extent, i) => (extent === 1 ? [] : [i + offset]));
  const [axis] = axes;
  const fits = axes.length === 1 && axis >= 1 && dims[axis] === constant.size;
  return fits ? axis : undefined;
}

/** A summand for each element of an image, the same in all of a batch; undefined where it is none. */
function summandsOf(op: string, constant: Constant, value: Value, isFirst: boolean): ValueChange | undefined {
  const [, ...image] = value.dims;
  const own = constant.dims.length === value.dims.length ? constant.dims.slice(1) : constant.dims;
  const isOfBatch = own !== constant.dims && constant.dims[0] !== 1;
  if (!["Add", "Sub"].includes(op) || isOfBatch || broadcast(own, image)?.join() !== image.join()) return undefined;
  const at = broadcastIndex(own, image);
  const sign = op === "Sub" && !isFirst ? -1 : 1;
  const shift = constant.mapped(image, (data, i) => sign * data[at(i)]);
  const scale = op === "Sub" && isFirst ? new Constant("", [1], "float", () => Float32Array.of(-1)) : undefined;
  return { value, axis: "each", scale, shift };
}

/** A change as a node of its own. */
function asNode(node: OpNode, { value, axis, scale, shift }: ValueChange): OpNode {
  if (axis === undefined) {
    const numbers = { scale: scale?.data[0] ?? 1, offset: shift?.data[0] ?? 0 };
    return node.with({ op: "Rescale", inputs: [value], attributes: attributesOf(numbers) });
  }
  const summands = shift === undefined ? [] : [constantInput(shift)];
  if (axis === "each") {
    const attributes = attributesOf({ factor: scale?.data[0] ?? 1 });
    return node.with({ op: "Summands", inputs: [value, ...summands], attributes });
  }
  const size = value.dims[axis];
  const ones = new Constant("", [size], "float", () => new Float32Array(size).fill(1));
  const inputs = [value, constantInput(scale ?? ones), ...summands];
  return node.with({ op: "Affine", inputs, attributes: attributesOf({ axis }) });
}

/** Attributes of a node for some numbers, by name. */
export function attributesOf(numbers: Readonly<Record<string, number>>): ReadonlyMap<string, OnnxAttribute> {
  return new Map(Object.entries(numbers).map(([name, value]) => [name, { kind: "number", value }]));
}

function constantInput(constant: Constant): Value {
  return { name: constant.name, dims: constant.dims, constant };
}

/** A node with weights that makes a change too; undefined where it cannot. */
function withChange(node: OpNode, { axis, scale, shift }: ValueChange): OpNode | undefined {
  const weights = node.inputs[1]?.constant;
  const biasInput = node.inputs[2];
  if (weights === undefined || (biasInput !== undefined && biasInput.constant === undefined)) return undefined;
  const channel = channelsOf(node, weights);
  if (channel === undefined || (typeof axis === "number" && axis !== channel.axis)) return undefined;
  if (axis === "each" && node.op !== "Conv") return undefined;
  const { count, of } = channel;
  const at = (constant: Constant, i: number) => constant.data[constant.size === 1 ? 0 : i];
  const scaled = scale === undefined ? weights : weights.mapped(weights.dims, (data, i) => data[i] * at(scale, of(i)));
  const bias = biasInput?.constant;
  if (bias !== undefined && bias.size !== count) return undefined;
  const base = bias ?? shift;
  // A summand for each element is a bias for each position.
  const dims = axis === "each" ? node.output.dims.slice(1) : [count];
  const positions = sizeOf(dims) / count;
  const biases =
    base === undefined
      ? undefined
      : base.mapped(dims, (_, i) => {
          const unit = Math.floor(i / positions);
          const own = (bias?.data[unit] ?? 0) * (scale === undefined ? 1 : at(scale, unit));
          return own + (shift === undefined ? 0 : at(shift, i));
        });
  const inputs = [node.inputs[0], constantInput(scaled), ...(biases === undefined ? [] : [constantInput(biases)])];
  return node.with({ inputs });
}

interface Channels {
  /** The output's axis that has them. */
  readonly axis: number;
  readonly count: number;
  /** The channel that a weight belongs to, by the weight's index. */
  of(index: number): number;
}

/** The output channels of a node with weights; undefined for another one. */
function channelsOf(node: OpNode, { dims, size }: Constant): Channels | undefined {
  if (node.op === "Conv") {
    return { axis: 1, count: dims[0], of: (i) => Math.floor(i / (size / dims[0])) };
  }
  if (node.op === "ConvTranspose") {
    const groups = node.number("group", 1);
    const [channels, each] = dims;
    const area = size / (channels * each);
    const of = (i: number) => {
      const row = Math.floor(i / area);
      return Math.floor(Math.floor(row / each) / (channels / groups)) * each + (row % each);
    };
    return { axis: 1, count: each * groups, of };
  }
  if (node.op === "MatMul") {
    return { axis: node.output.dims.length - 1, count: dims[1], of: (i) => i % dims[1] };
  }
  if (node.op === "Gemm") {
    if (node.number("alpha", 1) !== 1 || node.number("beta", 1) !== 1) return undefined;
    const isTurned = node.number("transB", 0) !== 0;
    const [count, inputs] = isTurned ? dims : [dims[1], dims[0]];
    return { axis: 1, count, of: (i) => (isTurned ? Math.floor(i / inputs) : i % count) };
  }
  if (node.op === "Affine") return { axis: node.number("axis", 1), count: dims[0], of: (i) => i };
  return undefined;
}
