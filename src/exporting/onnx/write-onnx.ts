import { encodeOnnx, type WrittenValue } from "../../formats/onnx/encode.ts";
import { CLASS_NAMES_KEY, INPUT_SCALING_KEY } from "../../formats/onnx/metadata.ts";
import type { Graph } from "../../graph/graph.ts";
import { producers } from "../../graph/graph.ts";
import type { Shape } from "../../layers/shape.ts";
import type { Input } from "../../model/input.ts";
import type { ExportedFile } from "../export-contract.ts";
import type { ExportSettings } from "../export-options.ts";
import type { ModelView } from "../model-view.ts";
import { predictionGraph } from "../prediction-graph.ts";
import { unknownLayer } from "../unknown-layer.ts";
import { WRITERS } from "./layers.ts";
import { OnnxNetwork, type Value } from "./onnx-network.ts";

/** Name of the batch dimension, whose size the file leaves open. */
const BATCH = "N";

/** Writes an ONNX model: images come as [N, channels, height, width], outputs go as `predict` gives them, images channels first. */
export async function writeOnnx(model: ModelView, settings: ExportSettings): Promise<readonly ExportedFile[]> {
  const { input } = model.architecture;
  const graph = predictionGraph(model, settings.logits);
  const names = graph.outputs.map(({ name }) => name);
  const first = names.includes("input") ? "pixels" : "input";
  const net = new OnnxNetwork(model.weights, settings.half);
  const [h, w, c] = input.shape;
  const pixels = settings.withoutScaling ? first : scaled(net, first, input);
  const outputs = writeNodes(net, graph, { name: pixels, shape: input.shape }, first);
  const metadata = new Map([
    [INPUT_SCALING_KEY, JSON.stringify({ inside: !settings.withoutScaling, scale: input.scale, offset: input.offset })],
    ...(model.classNames === undefined ? [] : [[CLASS_NAMES_KEY, JSON.stringify(model.classNames)] as const]),
  ]);
  const bytes = await encodeOnnx({
    opset: net.opset,
    producer: "convasm",
    nodes: net.nodes,
    initializers: net.initializers,
    inputs: [{ name: first, dims: [BATCH, c, h, w], channelAxis: 1 }],
    outputs,
    metadata,
  });
  return [{ name: `${settings.name}.onnx`, bytes }];
}

/** The scaling of pixels as a product and a sum: with one number where all channels have the same. */
function scaled(net: OnnxNetwork, pixels: string, { scale, offset }: Input): string {
  const numbers = (name: string, values: readonly number[]) =>
    new Set(values).size === 1
      ? net.floats("input", name, [], values.slice(0, 1))
      : net.floats("input", name, [values.length, 1, 1], values);
  const product = scale.every((value) => value === 1)
    ? pixels
    : net.node("input", "Mul", [pixels, numbers("scale", scale)]);
  if (offset.every((value) => value === 0)) return product;
  return net.node("input", "Add", [product, numbers("offset", offset)]);
}

/** Writes all nodes, and names the outputs. */
function writeNodes(net: OnnxNetwork, graph: Graph, input: Value, pixels: string): readonly WrittenValue[] {
  const values = new Map<number, Value>([[graph.input.id, input]]);
  const found = (id: number): Value => values.get(id) ?? input;
  for (const node of graph.nodes) {
    const write = WRITERS.get(node.layer.type);
    if (write === undefined) throw unknownLayer(node, "ONNX", WRITERS.keys());
    const value = write(
      net,
      node,
      node.inputs.map(({ id }) => found(id)),
    );
    values.set(node.output.id, value);
  }
  const makers = producers(graph);
  const taken = new Set([pixels]);
  return graph.outputs.map(({ name, tensor }) => {
    const path = makers.get(tensor.id)?.path ?? name;
    const value = net.plain(path, found(tensor.id));
    // Two outputs may be one tensor, and the input may be one.
    const own = taken.has(value.name) ? net.node(path, "Identity", [value.name]) : value.name;
    net.rename(own, name);
    taken.add(name);
    for (const [id, other] of values) if (other.name === own) values.set(id, { ...other, name });
    return { name, dims: [BATCH, ...channelsFirst(tensor.shape)] };
  });
}

function channelsFirst(shape: Shape): Shape {
  return shape.length === 3 ? [shape[2], shape[0], shape[1]] : shape;
}
