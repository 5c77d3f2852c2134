/** Normalisations, and factors and summands of channels, as layers. */

import { batchNormalization } from "../../../layers/batch-normalization.ts";
import { depthwiseConv2d } from "../../../layers/depthwise-conv2d.ts";
import { groupNormalization } from "../../../layers/group-normalization.ts";
import { layerNormalization } from "../../../layers/layer-normalization.ts";
import { sizeOf } from "../../../layers/shape.ts";
import type { MapNode } from "../builder.ts";
import { Constant } from "../constant.ts";
import { alongAxis, arranged, dimsOf, imageOf, memoryOrder, placed, placedImage, shaped } from "../layout.ts";
import type { OpNode } from "../op-node.ts";

/** The least epsilon that layers take. */
const LEAST_EPSILON = 1e-30;

/** A constant with one number for each of so many channels, in another order. */
function perChannel(node: OpNode, input: number, channels: number, index: (i: number) => number = (i) => i): Constant {
  const constant = node.constant(input);
  if (constant?.size !== channels) throw node.damaged(`${channels} numbers as input ${input}`, `[${constant?.dims}]`);
  return constant.mapped([channels], (data, i) => data[index(i)]);
}

export const batchNorm: MapNode = (node, net) => {
  if (node.number("spatial", 1) === 0) throw node.unsupported("one mean for each channel", "spatial = 0");
  if (node.number("training_mode", 0) !== 0) {
    const advice = "export the network in evaluation mode";
    throw node.unsupported("batch normalisation by running statistics", "training_mode", advice);
  }
  const value = net.of(node);
  const { tensor, index, back } = alongAxis(node, value, 0);
  const [channels] = dimsOf(value);
  const weights = {
    gamma: perChannel(node, 1, channels, index),
    beta: perChannel(node, 2, channels, index),
    movingMean: perChannel(node, 3, channels, index),
    movingVariance: perChannel(node, 4, channels, index),
  };
  const epsilon = Math.max(node.number("epsilon", 1e-5), LEAST_EPSILON);
  const momentum = node.number("momentum", 0.9);
  const layer = net.layer(node, "batchNormalization", weights, (name) =>
    batchNormalization({ name, momentum, epsilon }),
  );
  return back(layer.apply(tensor));
};

/** InstanceNormalization and GroupNormalization. */
export const groupNorm: MapNode = (node, net) => {
  const value = net.of(node);
  const image = imageOf(node, value);
  const [channels] = dimsOf(value);
  const groups = node.op === "InstanceNormalization" ? channels : node.number("num_groups", 0);
  if (!(groups >= 1 && channels % groups === 0)) throw node.damaged(`groups that divide ${channels}`, `${groups}`);
  // The first version of GroupNormalization has one number for each group.
  const isOfGroups = node.input(1).dims[0] === groups;
  const each = channels / groups;
  const spread = (input: number) => {
    if (!isOfGroups || each === 1) return perChannel(node, input, channels);
    return perChannel(node, input, groups).mapped([channels], (data, i) => data[Math.floor(i / each)]);
  };
  const epsilon = Math.max(node.number("epsilon", 1e-5), LEAST_EPSILON);
  const layer = net.layer(node, "groupNormalization", { gamma: spread(1), beta: spread(2) }, (name) =>
    groupNormalization({ name, groups: groups === channels ? -1 : groups, epsilon }),
  );
  return placedImage(layer.apply(image), value.axes.length);
};

export const layerNorm: MapNode = (node, net) => {
  const value = net.of(node);
  const dims = dimsOf(value);
  const axis = node.axis(node.number("axis", -1), dims.length + 1) - 1;
  if (axis !== dims.length - 1) throw node.unsupported("normalisation over the last axis alone", `axis ${axis + 1} on`);
  const { tensor, index, back } = alongAxis(node, value, axis);
  const size = dims[axis];
  const gamma = perChannel(node, 1, size, index);
  const shift = node.inputs[2] === undefined ? undefined : perChannel(node, 2, size, index);
  const beta = shift ?? gamma.mapped([size], () => 0);
  const epsilon = Math.max(node.number("epsilon", 1e-5), LEAST_EPSILON);
  const layer = net.layer(node, "layerNormalization", { gamma, beta }, (name) => layerNormalization({ name, epsilon }));
  return back(layer.apply(tensor));
};

/** A factor and a summand for each value along an axis, by a convolution of single pixels and channels. */
export const affine: MapNode = (node, net) => {
  const value = net.of(node);
  const axis = node.number("axis", 1) - 1;
  const size = dimsOf(value)[axis];
  const { tensor, index, back } = alongAxis(node, value, axis);
  const kernel = perChannel(node, 1, size, index).reshaped([1, 1, size, 1]);
  const bias = node.inputs[2] === undefined ? undefined : perChannel(node, 2, size, index);
  const layer = net.layer(node, "depthwiseConv2d", { kernel, ...(bias !== undefined && { bias }) }, (name) =>
    depthwiseConv2d({ name, kernelSize: 1, useBias: bias !== undefined }),
  );
  const image = tensor.shape.length === 3 ? tensor : shaped(tensor, [1, 1, size]);
  return back(layer.apply(image));
};

/** A summand for each element of an image, by a convolution of single pixels and channels with a bias for each position. */
export const summands: MapNode = (node, net) => {
  const value = net.of(node);
  const order = memoryOrder(value);
  if (order.length > 3) throw node.unsupported("images of one or two axes and channels", `${order.length} axes`);
  const bias = node.constant(1);
  const dims = dimsOf(value);
  if (bias?.dims.join() !== dims.join()) throw node.damaged(`a constant of [${dims}]`, `[${bias?.dims}]`);
  const groups = [...new Array<number[]>(3 - order.length).fill([]), ...order.map((axis) => [axis])];
  const tensor = arranged(node, value, groups);
  const image = tensor.shape.length === 3 ? tensor : shaped(tensor, [1, 1, sizeOf(dims)]);
  const channels = image.shape[2];
  const factor = node.number("factor", 1);
  const kernel = new Constant("", [1, 1, channels, 1], "float", () => new Float32Array(channels).fill(factor));
  const weights = { bias: bias.transposed(order).reshaped(image.shape), kernel };
  const layer = net.layer(node, "depthwiseConv2d", weights, (name) =>
    depthwiseConv2d({ name, kernelSize: 1, untiedBias: true }),
  );
  return placed(layer.apply(image), dims, order);
};
