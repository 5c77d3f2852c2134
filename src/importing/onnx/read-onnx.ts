/**
 * ONNX models as networks of ours: https://onnx.ai. Passes: decode, simplify (shapes and constants), put constants where they belong,
 * recognise activations, make layers.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { decodeOnnx } from "../../formats/onnx/decode.ts";
import type { OnnxModel } from "../../formats/onnx/messages.ts";
import { Architecture } from "../../model/architecture.ts";
import { input } from "../../model/input.ts";
import type { ForeignModel, OpenFacts } from "../foreign-model.ts";
import type { ModelFiles } from "../model-files.ts";
import { throughLayers } from "../through-layers.ts";
import { absorbConstants } from "./absorb.ts";
import { Builder } from "./builder.ts";
import { classNamesOf } from "./class-names.ts";
import { isChannelsLast } from "./input-shape.ts";
import { dimsOf, outputOf, type Placed, placed } from "./layout.ts";
import { OPERATORS } from "./map/index.ts";
import { OpNode, type Value } from "./op-node.ts";
import { recognizeActivations } from "./recognize-activations.ts";
import { recognizeMeans } from "./recognize-means.ts";
import { type ExternalFiles, type SimpleGraph, simplifyGraph } from "./simplify.ts";
import { takeScaling } from "./take-scaling.ts";
import { toldScaling } from "./told-scaling.ts";
import { unknownOperator } from "./unknown-operator.ts";

/** Reads an ONNX model: as `ReadForeignModel` says. */
export async function readOnnx(files: ModelFiles, { scaling, shape }: OpenFacts): Promise<ForeignModel> {
  const { who, bytes } = files;
  const model = await decodeOnnx(bytes, who);
  const external = await externalFiles(model, files);
  const size = [...external.values()].reduce((sum, { length }) => sum + length, bytes.length);
  const simple = simplifyGraph(model, who, external, size, shape);
  const isLast = model.graph.inputs.some((own) => own.name === simple.input.name && isChannelsLast(own, model.graph));
  const absorbed = absorbConstants(simple);
  const { dims } = simple.input;
  const shapeHere = imageShapeOf(dims, isLast);
  const { graph, scaling: own } = takeScaling(absorbed, isLast, scaling ?? toldScaling(model.metadata, shapeHere[2]));
  if (own === undefined) {
    const expected = "the scaling of pixels, which the file does not hold";
    const advice = "input says it, as imagenet, unit, symmetric, raw, or numbers";
    throw new InputRangeError(who, expected, "none", "missing", { advice });
  }
  const source = input({ shape: shapeHere, ...own });
  const net = new Builder();
  net.set(graph.input, placed(source, dims.slice(1), memoryAxes(dims.length - 1, isLast)));
  for (const node of recognizeMeans(recognizeActivations(graph)).nodes) mapNode(node, net);
  const outputs = graph.outputs.map((value) =>
    outputOf(outputNode(graph, value), net.placed(outputNode(graph, value), value)),
  );
  const architecture = new Architecture({ inputs: source, outputs: throughLayers(source, outputs) });
  const used = new Set(architecture.parameters().map(({ name }) => name));
  const taken = new Set(net.pairs.map(({ tensor }) => tensor));
  return {
    architecture,
    classNames: classNamesOf(model.metadata, architecture),
    fit: {
      values: new Map([...net.values].filter(([name]) => used.has(name))),
      pairs: net.pairs.filter(({ weight }) => used.has(weight)),
      missing: [],
      unused: simple.tensors.filter((name) => !taken.has(name) && !simple.used.has(name)),
    },
  };
}

/** The files beside the model that its tensors name. */
async function externalFiles({ graph }: OnnxModel, files: ModelFiles): Promise<ExternalFiles> {
  const tensors = [
    ...graph.initializers,
    ...graph.nodes.flatMap(({ attributes }) =>
      [...attributes.values()].flatMap((attribute) => (attribute.kind === "tensor" ? [attribute.value] : [])),
    ),
  ];
  const names = new Set(tensors.flatMap(({ external }) => external?.location ?? []));
  const found = new Map<string, Uint8Array>();
  for (const name of names) found.set(name, await files.beside(name));
  return found;
}

/** Height, width and channels of an input of any number of axes. */
function imageShapeOf([, ...dims]: readonly number[], isLast: boolean): [number, number, number] {
  if (dims.length === 3) return isLast ? [dims[0], dims[1], dims[2]] : [dims[1], dims[2], dims[0]];
  if (dims.length === 2) return [1, dims[1], dims[0]];
  const channels = dims.at(-1) ?? 1;
  return [1, dims.slice(0, -1).reduce((a, b) => a * b, 1), channels];
}

/** The file's axes in the order in memory. */
function memoryAxes(rank: number, isLast: boolean): readonly number[] {
  if (rank === 3 && !isLast) return [1, 2, 0];
  return rank === 2 ? [1, 0] : Array.from({ length: rank }, (_, axis) => axis);
}

/** Makes the layers of a node. */
function mapNode(node: OpNode, net: Builder): void {
  const map = OPERATORS.get(node.op);
  if (map === undefined) throw unknownOperator(node, "");
  const made = map(node, net);
  const places: readonly Placed[] = isList(made) ? made : [made];
  const images = node.inputs.find((value) => value !== undefined && value.constant === undefined);
  for (const [i, place] of places.entries()) {
    const value = node.outputs[i];
    if (value === undefined || value.name === "") continue;
    if (dimsOf(place).join() !== value.dims.slice(1).join() || images?.dims[0] !== value.dims[0]) {
      throw node.unsupported(`an output of [${dimsOf(place)}] for each image`, `[${value.dims}]`);
    }
    net.set(value, place);
  }
}

function isList(made: Placed | readonly Placed[]): made is readonly Placed[] {
  return Array.isArray(made);
}

/** A node that stands for an output in messages. */
function outputNode({ facts }: SimpleGraph, value: Value): OpNode {
  return new OpNode(
    { op: "output", name: value.name, attributes: new Map(), inputs: [value], outputs: [value] },
    facts,
  );
}
