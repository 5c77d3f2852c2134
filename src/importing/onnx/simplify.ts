/**
 * The graph of a file as what is left of it when everything that does not depend on the images has been computed: shapes are known,
 * constants are values, and nodes that change nothing in inference are gone.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../../formats/onnx/messages.ts";
import { elementsOf, kindOfType, tensorValues } from "../../formats/onnx/values.ts";
import { sizeOf } from "../../layers/shape.ts";
import { Constant } from "./constant.ts";
import { folded, isFoldable } from "./folding.ts";
import { inputDims, type OpenShape } from "./input-shape.ts";
import { type GraphFacts, OpNode, type Value } from "./op-node.ts";
import { outputShapes } from "./shapes.ts";
import { unknownOperator } from "./unknown-operator.ts";

/** A graph of nodes that depend on the images, each after those whose outputs it takes. */
export interface SimpleGraph {
  readonly facts: GraphFacts;
  /** The images, the batch being axis 0. */
  readonly input: Value;
  readonly nodes: readonly OpNode[];
  readonly outputs: readonly Value[];
  /** Names of all tensors with values in the file. */
  readonly tensors: readonly string[];
  /** Names of those that nodes take. */
  readonly used: ReadonlySet<string>;
}

/** Bytes of files beside the model's, by name. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** Elements of folded constants that any file may have. */
const FREE_ELEMENTS = 1e6;

/** Nodes that hand their input on in inference. */
const PASSING: readonly string[] = ["Identity", "Dropout"];

/**
 * Simplifies a graph.
 *
 * @param fileBytes size of the file, to which the memory of computed constants is held
 * @param open the shape of the images as the caller says it
 * @throws RangeError for names that are not there or there twice, shapes that do not fit, or an operator that there is none of
 */
export function simplifyGraph(
  { graph, opset }: OnnxModel,
  who: string,
  external: ExternalFiles,
  fileBytes: number,
  open: OpenShape,
): SimpleGraph {
  const facts = { who, opset };
  const values = new Map<string, Value>();
  const define = (value: Value, name = value.name) => {
    if (name === "" || values.has(name)) {
      throw new InputRangeError(who, "every tensor to have a name of its own", shown(name), "damaged-file");
    }
    values.set(name, value);
  };
  for (const tensor of graph.initializers) define(constantValue(tensor, who, external));
  const inputs = graph.inputs.filter(({ name }) => !values.has(name));
  if (inputs.length !== 1) {
    const got =
      inputs.length === 0
        ? "none"
        : inputs
            .map(({ name }) => shown(name))
            .join(", ")
            .slice(0, 200);
    throw new InputRangeError(who, "a network of one input, of images", got, "unsupported-file");
  }
  const input = { name: inputs[0].name, dims: inputDims(inputs[0], graph, who, open) };
  define(input);
  let budget = FREE_ELEMENTS + fileBytes;
  const nodes: OpNode[] = [];
  const live = graph.nodes.filter(usedNodes(graph.nodes, graph.outputs));
  for (const node of live) {
    const simple = new OpNode(partsOf(node, values, who), facts);
    const made = constantsOf(simple, external);
    if (made !== undefined) {
      for (const [i, constant] of made.entries()) {
        budget -= elementsOf(constant.dims, simple.who);
        if (budget < 0) throw simple.unsupported("constants of the file's own size", "more");
        const name = simple.outputs[i]?.name ?? "";
        if (name !== "") define({ name, dims: constant.dims, constant });
      }
      continue;
    }
    if (isPassing(simple)) {
      define(simple.input(0), simple.output.name);
      continue;
    }
    const shapes = outputShapes(simple);
    if (shapes === undefined || node.domain.replace("ai.onnx", "") !== "") throw unknownOperator(simple, node.domain);
    const outputs = simple.outputs.map(({ name }, i) => ({ name, dims: shapes[i] ?? [] }));
    for (const { dims } of outputs) elementsOf(dims, simple.who);
    for (const output of outputs) if (output.name !== "") define(output);
    nodes.push(simple.with({ outputs }));
  }
  return {
    facts,
    input,
    nodes,
    outputs: outputsOf(graph.outputs, values, who),
    tensors: graph.initializers.map((t) => t.name),
    used: new Set(live.flatMap((node) => node.inputs)),
  };
}

/** A test that is true for nodes on which outputs depend; others have no effect. */
function usedNodes(nodes: readonly OnnxNode[], outputs: readonly string[]): (node: OnnxNode) => boolean {
  const wanted = new Set(outputs);
  const used = new Set<OnnxNode>();
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    used.add(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return (node) => used.has(node);
}

function partsOf(node: OnnxNode, values: ReadonlyMap<string, Value>, who: string) {
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = values.get(name);
    if (value !== undefined) return value;
    const where = `${who}: ${node.op} ${JSON.stringify(node.name.slice(0, 80))}`;
    throw new InputRangeError(where, "inputs that nodes before it make", shown(name), "damaged-file");
  });
  return { ...node, inputs, outputs: node.outputs.map((name) => ({ name, dims: [] })) };
}

function outputsOf(names: readonly string[], values: ReadonlyMap<string, Value>, who: string): readonly Value[] {
  return names.map((name) => {
    const value = values.get(name);
    if (value === undefined) throw new InputRangeError(who, "outputs that nodes make", shown(name), "damaged-file");
    if (value.constant === undefined) return value;
    throw new InputRangeError(who, "outputs that depend on the images", shown(name), "unsupported-file");
  });
}

/** A tensor of the file as a value. */
function constantValue(
  tensor: OnnxTensor,
  who: string,
  external: ExternalFiles,
): Value & { readonly constant: Constant } {
  const title = `${who}: tensor ${shown(tensor.name)}`;
  const kind = kindOfType(tensor.type);
  elementsOf(tensor.dims, title);
  const load = () => tensorValues(tensor, title, rawBytes(tensor, title, external)).data;
  const constant = new Constant(tensor.name, tensor.dims, kind ?? "float", load);
  return { name: tensor.name, dims: tensor.dims, constant };
}

/** The bytes of a tensor that are in the file or in another one. */
function rawBytes({ raw, external }: OnnxTensor, who: string, files: ExternalFiles): Uint8Array | undefined {
  if (external === undefined) return raw;
  const file = files.get(external.location);
  const { offset, length = (file?.length ?? 0) - offset } = external;
  if (file !== undefined && offset >= 0 && length >= 0 && offset + length <= file.length) {
    return file.subarray(offset, offset + length);
  }
  throw new InputRangeError(
    who,
    `bytes of ${shown(external.location)}`,
    `${offset} to ${offset + length}`,
    "damaged-file",
  );
}

/** The outputs of a node that does not depend on the images; undefined for another one. */
function constantsOf(node: OpNode, external: ExternalFiles): readonly Constant[] | undefined {
  if (node.op === "Constant") return [constantNode(node, external)];
  if (node.op === "Shape" || node.op === "Size") return [shapeOf(node)];
  const inputs = node.inputs.flatMap((value) => (value === undefined ? [] : [value.constant]));
  if (inputs.length === 0 || !isFoldable(node.op) || !inputs.every((constant) => constant !== undefined))
    return undefined;
  return folded(node, inputs);
}

function constantNode(node: OpNode, external: ExternalFiles): Constant {
  const { name } = node.output;
  const tensor = node.tensor("value");
  if (tensor !== undefined) return constantValue({ ...tensor, name: tensor.name || name }, node.who, external).constant;
  const list = (dims: readonly number[], kind: "float" | "whole", values: readonly number[]) =>
    new Constant(name, dims, kind, () => (kind === "float" ? Float32Array.from(values) : Float64Array.from(values)));
  for (const [kind, prefix] of [
    ["float", "float"],
    ["whole", "int"],
  ] as const) {
    if (node.has(`value_${prefix}`)) return list([], kind, [node.number(`value_${prefix}`, 0)]);
    const values = node.numbers(`value_${prefix}s`);
    if (values !== undefined) return list([values.length], kind, values);
  }
  throw node.unsupported("a constant of numbers", "another one");
}

function shapeOf(node: OpNode): Constant {
  const { dims } = node.input(0);
  const counted = (value: number) => Math.min(Math.max(value < 0 ? value + dims.length : value, 0), dims.length);
  const part = dims.slice(counted(node.number("start", 0)), counted(node.number("end", dims.length)));
  const values = node.op === "Shape" ? part : [sizeOf(dims)];
  const shape = node.op === "Shape" ? [values.length] : [];
  return new Constant(node.output.name, shape, "whole", () => Float64Array.from(values));
}

/** True for a node that hands its input on: in inference, and without other effects. */
function isPassing(node: OpNode): boolean {
  if (PASSING.includes(node.op)) {
    const others = node.outputs.slice(1).filter(({ name }) => name !== "");
    const isTraining = node.op === "Dropout" && (node.inputs[2]?.constant?.data[0] ?? 0) !== 0;
    if (isTraining) throw node.unsupported("dropout in inference", "training_mode");
    return others.length === 0 || node.op === "Dropout";
  }
  if (node.op !== "Cast") return false;
  if (kindOfType(node.number("to", 1)) === "float") return true;
  throw node.unsupported("floats to stay floats", `a cast to type ${node.number("to", 1)}`);
}
