/**
 * Nodes whose numbers are known without images: shapes, and what is cut and put together of them.
 *
 * @module
 */

import type { GraphNode } from "./graph-node.ts";
import type { GraphValue } from "./placed-node.ts";
import type { WeightArray } from "./weights.ts";

/** Operations that give what they take. */
const SAME = ["Identity", "StopGradient", "CheckNumerics", "NoOp"];

/**
 * The constant that a node puts out, or its input where the node passes that on unchanged.
 *
 * @returns undefined for a node that computes with images
 */
export function foldConstant(node: GraphNode, inputs: readonly GraphValue[]): GraphValue | undefined {
  const [first] = inputs;
  if (SAME.includes(node.op) && first !== undefined) return first;
  if (node.op === "Shape" && first !== undefined && "ref" in first) {
    const { tensor, planes } = first.ref;
    if (!planes) return vector([-1, ...tensor.shape]);
  }
  const arrays = inputs.flatMap((value) => ("array" in value ? [value.array] : []));
  if (arrays.length !== inputs.length || arrays.length === 0) return undefined;
  switch (node.op) {
    case "StridedSlice":
      return slice(node, arrays);
    case "Pack":
      return vector(arrays.flatMap(({ values }) => [...values]));
    case "ConcatV2":
      return vector(arrays.slice(0, -1).flatMap(({ values }) => [...values]));
    case "Reshape":
      return { array: { shape: [...arrays[1].values].map(Number), values: arrays[0].values } };
    case "Cast":
      return { array: arrays[0] };
    case "Prod":
      return vector([Math.abs(arrays[0].values.reduce((product, value) => product * value, 1))]);
    default:
      return undefined;
  }
}

function vector(values: readonly number[]): GraphValue {
  return { array: { shape: [values.length], values: Float32Array.from(values) } };
}

/** A run of a vector. */
function slice(node: GraphNode, [{ values }, begin, end, strides]: readonly WeightArray[]): GraphValue {
  const [from, to, step] = [begin?.values[0] ?? 0, end?.values[0] ?? 0, strides?.values[0] ?? 1];
  if (step !== 1) throw node.wrong("strides of 1", step);
  const first = node.number("begin_mask", 0) & 1 ? 0 : from;
  const last = node.number("end_mask", 0) & 1 ? values.length : node.number("shrink_axis_mask", 0) & 1 ? first + 1 : to;
  return vector([...values.slice(first, last)]);
}
