import type { Node } from "../../graph/graph.ts";
import { axesOf } from "../../layers/axes.ts";
import { BATCH_NORMALIZATION } from "../../layers/batch-normalization.ts";
import { GROUP_NORMALIZATION } from "../../layers/group-normalization.ts";
import { LAYER_NORMALIZATION } from "../../layers/layer-normalization.ts";
import { type Shape, sizeOf } from "../../layers/shape.ts";
import { asTheyAre, ofImage, ofVector, type Turned } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import { dotted, type OnnxNetwork, type Value, type WriteNode } from "./onnx-network.ts";

/** Writes `batchNormalization` by its running statistics. */
export const writeBatchNormalization: WriteNode = (net, node, [input]) => {
  const { epsilon, momentum } = optionsOf(node, BATCH_NORMALIZATION);
  const channels = input.shape.at(-1) ?? 1;
  const order = ofVector(channels, input.image);
  const of = (parameter: string, theirs: string) => net.weight(node, net.get(node, parameter), theirs, order);
  const parameters = [
    of("gamma", "weight"),
    of("beta", "bias"),
    of("movingMean", "running_mean"),
    of("movingVariance", "running_var"),
  ];
  const attributes = { epsilon: { float: epsilon }, momentum: { float: momentum } };
  const normalized = (name: string) => net.node(node.path, "BatchNormalization", [name, ...parameters], attributes);
  // Channels are the axis after the batch there.
  if (input.shape.length !== 2) return { ...input, name: normalized(input.name) };
  const turned = normalized(net.transposed(node.path, input.name, [0, 2, 1]));
  return { name: net.transposed(node.path, turned, [0, 2, 1]), shape: input.shape };
};

/** Writes `layerNormalization`: over the last axis, which all values become first where it is over all. */
export const writeLayerNormalization: WriteNode = (net, node, [input]) => {
  const options = optionsOf(node, LAYER_NORMALIZATION);
  const { shape } = input;
  const isOfAll = axesOf(options.axis, shape, node.path).length === shape.length;
  const size = isOfAll ? sizeOf(shape) : (shape.at(-1) ?? 1);
  const image = shape.length === 3 && isOfAll ? shape : input.image;
  const order = ofVector(size, image);
  const normalized = (name: string) =>
    net.node(node.path, "LayerNormalization", [name, ...affine(net, node, order)], {
      axis: { int: -1 },
      epsilon: { float: options.epsilon },
    });
  if (shape.length === 1) return { ...input, name: normalized(input.name) };
  if (!isOfAll) return net.fromOurs(node.path, normalized(net.ours(node.path, input)), shape);
  const flat = normalized(net.reshaped(node.path, input.name, [size]));
  const [h, w, c] = shape;
  return { name: net.reshaped(node.path, flat, shape.length === 3 ? [c, h, w] : shape), shape };
};

/** Gamma, which is ones where there is none, and beta, if there is one. */
function affine(net: OnnxNetwork, node: Node, order: Turned): readonly string[] {
  const [gamma, beta] = [net.find(node, "gamma"), net.find(node, "beta")];
  const ones = () => net.floats(dotted(node.path), "ones", order.dims, new Float32Array(sizeOf(order.dims)).fill(1));
  return [
    gamma === undefined ? ones() : net.weight(node, gamma, "weight", order),
    ...(beta === undefined ? [] : [net.weight(node, beta, "bias", order)]),
  ];
}

/** Writes `groupNormalization`: that of instances with a group as one channel, then gamma and beta. */
export const writeGroupNormalization: WriteNode = (net, node, [given]) => {
  const input = net.plain(node.path, given);
  const { groups: count, epsilon } = optionsOf(node, GROUP_NORMALIZATION);
  const { shape } = input;
  const channels = shape.at(-1) ?? 1;
  const groups = count === -1 ? channels : count;
  const first = shape.length === 2 ? net.transposed(node.path, input.name, [0, 2, 1]) : input.name;
  const theirs = shape.length === 3 ? [channels, shape[0], shape[1]] : [...shape].reverse();
  const constant = (name: string, value: number) =>
    net.floats(dotted(node.path), name, [groups], new Float32Array(groups).fill(value));
  const normalized = net.node(
    node.path,
    "InstanceNormalization",
    [net.reshaped(node.path, first, [groups, sizeOf(shape) / groups]), constant("ones", 1), constant("zeros", 0)],
    { epsilon: { float: epsilon } },
  );
  const scaled = scaledAndShifted(net, node, net.reshaped(node.path, normalized, theirs), [
    channels,
    ...shape.slice(1).map(() => 1),
  ]);
  return { name: shape.length === 2 ? net.transposed(node.path, scaled, [0, 2, 1]) : scaled, shape };
};

function scaledAndShifted(net: OnnxNetwork, node: Node, name: string, dims: Shape): string {
  const [gamma, beta] = [net.find(node, "gamma"), net.find(node, "beta")];
  const order = asTheyAre(dims);
  const scaled =
    gamma === undefined ? name : net.node(node.path, "Mul", [name, net.weight(node, gamma, "weight", order)]);
  return beta === undefined ? scaled : net.node(node.path, "Add", [scaled, net.weight(node, beta, "bias", order)]);
}

/** The order of numbers that stand for some of a tensor's axes, as the tensor's. */
export function orderLike(value: Value): Turned {
  const { shape, image } = value;
  return shape.length === 3 ? ofImage(shape) : shape.length === 1 ? ofVector(shape[0], image) : asTheyAre(shape);
}
