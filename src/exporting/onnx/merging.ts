import { CONCATENATE } from "../../layers/concatenate.ts";
import { optionsOf } from "../layer-options.ts";
import type { OnnxNetwork, Value, WriteNode } from "./onnx-network.ts";

/** Inputs in one order of values: the order that all of them have, otherwise convasm's. */
function alike(net: OnnxNetwork, path: string, inputs: readonly Value[]): readonly Value[] {
  const [first] = inputs;
  const isOne = inputs.every(({ image }) => String(image) === String(first.image));
  return isOne ? inputs : inputs.map((input) => net.plain(path, input));
}

/** Writes a layer that merges tensors of one shape by an operator that takes any number of them. */
export function writeMerging(op: "Sum" | "Mean" | "Max"): WriteNode {
  return (net, node, given) => {
    const inputs = alike(net, node.path, given);
    // Two are better known as a sum of two.
    const own = op === "Sum" && inputs.length === 2 ? "Add" : op;
    const names = inputs.map(({ name }) => name);
    return { ...inputs[0], name: net.node(node.path, own, names) };
  };
}

/** Writes `subtract`. */
export const writeSubtract: WriteNode = (net, node, given) => {
  const inputs = alike(net, node.path, given);
  const names = inputs.map(({ name }) => name);
  return { ...inputs[0], name: net.node(node.path, "Sub", names) };
};

/** Writes `multiply`, also of an image with a number for each channel. */
export const writeMultiply: WriteNode = (net, node, given) => {
  const { shape } = node.output;
  if (given.every((input) => input.shape.length === shape.length)) {
    const [first, ...others] = alike(net, node.path, given);
    const name = others.reduce((product, { name }) => net.node(node.path, "Mul", [product, name]), first.name);
    return { ...first, name, shape };
  }
  const names = given.map((input) => {
    if (input.shape.length === 3) return input.name;
    return net.reshaped(node.path, net.plain(node.path, input).name, [input.shape[0], 1, 1]);
  });
  return { name: net.node(node.path, "Mul", names), shape };
};

/** Writes `concatenate`. */
export const writeConcatenate: WriteNode = (net, node, given) => {
  const inputs = given.map((input) => net.plain(node.path, input));
  const { axis } = optionsOf(node, CONCATENATE);
  const { shape } = node.output;
  const own = axis < 0 ? shape.length + axis : axis - 1;
  const theirs = shape.length === 3 ? [2, 3, 1][own] : own + 1;
  const names = inputs.map(({ name }) => name);
  return { name: net.node(node.path, "Concat", names, { axis: { int: theirs } }), shape };
};
