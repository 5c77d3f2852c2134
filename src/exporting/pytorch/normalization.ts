import type { Node } from "../../graph/graph.ts";
import { axesOf } from "../../layers/axes.ts";
import { BATCH_NORMALIZATION } from "../../layers/batch-normalization.ts";
import { GROUP_NORMALIZATION } from "../../layers/group-normalization.ts";
import { LAYER_NORMALIZATION } from "../../layers/layer-normalization.ts";
import { type Shape, sizeOf } from "../../layers/shape.ts";
import { asTheyAre, ofImage, ofVector, type Turned } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import { type PythonNetwork, tuple, type Value, type WriteLayer } from "./python-network.ts";

/** A call on channels as the axis after the batch, which lists of vectors have last. */
function onChannels(call: string, { code, shape, image }: Value): Value {
  if (shape.length !== 2) return { code: `${call}(${code})`, shape, image };
  return { code: `${call}(${code}.transpose(1, 2)).transpose(1, 2)`, shape };
}

/** Writes `batchNormalization`. */
export const writeBatchNormalization: WriteLayer = (net, node, [input]) => {
  const { epsilon, momentum } = optionsOf(node, BATCH_NORMALIZATION);
  const channels = input.shape.at(-1) ?? 1;
  const order = ofVector(channels, input.image);
  const kind = input.shape.length === 3 ? "BatchNorm2d" : "BatchNorm1d";
  const share = Number((1 - momentum).toPrecision(12));
  const call = net.module(node.path, `nn.${kind}(${channels}, eps=${epsilon}, momentum=${share})`);
  net.weight(node.path, "weight", net.get(node, "gamma"), order);
  net.weight(node.path, "bias", net.get(node, "beta"), order);
  net.weight(node.path, "running_mean", net.get(node, "movingMean"), order);
  net.weight(node.path, "running_var", net.get(node, "movingVariance"), order);
  net.whole(node.path, "num_batches_tracked", 0);
  return onChannels(call, input);
};

/**
 * Puts gamma and beta into the file; what a layer lacks of the two is ones or zeros there.
 *
 * @returns false if it has neither
 */
function affine(net: PythonNetwork, node: Node, order: Turned): boolean {
  const [gamma, beta] = [net.find(node, "gamma"), net.find(node, "beta")];
  if (gamma === undefined && beta === undefined) return false;
  const size = sizeOf(order.dims);
  if (gamma !== undefined) net.weight(node.path, "weight", gamma, order);
  else net.floats(node.path, "weight", order.dims, new Float32Array(size).fill(1));
  if (beta !== undefined) net.weight(node.path, "bias", beta, order);
  else net.floats(node.path, "bias", order.dims, new Float32Array(size));
  return true;
}

/** Writes `layerNormalization`. */
export const writeLayerNormalization: WriteLayer = (net, node, [input]) => {
  const { axis, epsilon } = optionsOf(node, LAYER_NORMALIZATION);
  const { shape, image } = input;
  const isOfAll = axesOf(axis, shape, node.path).length === shape.length;
  const own: Shape = isOfAll ? shape : shape.slice(-1);
  const order = own.length === 3 ? ofImage(own) : own.length === 1 ? ofVector(own[0], image) : asTheyAre(own);
  const isAffine = affine(net, node, order);
  const call = net.module(
    node.path,
    `nn.LayerNorm(${tuple(order.dims)}, eps=${epsilon}${isAffine ? "" : ", elementwise_affine=False"})`,
  );
  if (isOfAll || shape.length < 3) return { ...input, code: `${call}(${input.code})` };
  return net.fromOurs(`${call}(${net.ours(input)})`, shape);
};

/** Writes `groupNormalization`. */
export const writeGroupNormalization: WriteLayer = (net, node, [given]) => {
  const input = net.plain(given);
  const { groups, epsilon } = optionsOf(node, GROUP_NORMALIZATION);
  const channels = input.shape.at(-1) ?? 1;
  const isAffine = affine(net, node, asTheyAre([channels]));
  const count = groups === -1 ? channels : groups;
  const call = net.module(
    node.path,
    `nn.GroupNorm(${count}, ${channels}, eps=${epsilon}${isAffine ? "" : ", affine=False"})`,
  );
  return onChannels(call, input);
};
