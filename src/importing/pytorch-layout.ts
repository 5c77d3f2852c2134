/**
 * PyTorch's names of weights and orders of axes, for each weight of a network.
 *
 * @module
 */

import type { Graph, Node } from "../graph/graph.ts";
import { parametersOf } from "../graph/graph.ts";
import { type Shape, sizeOf } from "../layers/shape.ts";
import { layoutsOf, type WeightLayout, type WeightLayouts } from "./weight-layout.ts";

/** PyTorch's names of a layer's parameters, by ours. */
const NAMES: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwiseKernel: "weight",
  pointwiseKernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  movingMean: "running_mean",
  movingVariance: "running_var",
  alpha: "weight",
};

/** Layers that take a vector's values in convasm's order, or give them an order of their own, in PyTorch, too. */
const OF_OWN_ORDER: ReadonlySet<string> = new Set([
  "channelSlice",
  "channelShuffle",
  "concatenate",
  "groupNormalization",
  "permute",
  "reshape",
]);

/** The weights of each node that has any, as PyTorch has them: a separable convolution is two modules there. */
export function pytorchLayouts(graph: Graph): WeightLayouts {
  const images = flattenedImages(graph);
  const layouts = layoutsOf(graph, (node) =>
    nodeLayouts(node, OF_OWN_ORDER.has(node.layer.type) ? undefined : images.get(node.inputs[0].id)),
  );
  return new Map(
    [...layouts].flatMap(([path, weights]) => {
      const first = weights.filter(({ name }) => name === `${path}/depthwiseKernel`);
      if (first.length === 0) return [[path, weights] as const];
      const second = weights.filter((weight) => !first.includes(weight));
      return [[`${path}/depthwise`, first] as const, [`${path}/pointwise`, second] as const];
    }),
  );
}

/** @param image the image whose values the node takes as a vector, if they come channel by channel there */
function nodeLayouts(node: Node, image: Shape | undefined): WeightLayout[] {
  const parameters = parametersOf(node);
  // A bias is in the order of the outputs, all else of a layer without a kernel in that of the inputs.
  const isMixing = parameters.some(({ role }) => role === "kernel");
  return parameters.map(({ name, shape, role }) => {
    const own = name.slice(node.path.length + 1);
    const theirs = NAMES[own] ?? own;
    if (role === "kernel") return { name, shape, theirs, ...kernelLayout(node, own, shape, image) };
    if (role === "normalization" && shape.length === 3) return { name, shape, theirs, ...imageLayout(shape) };
    const source = image === undefined || isMixing ? (index: number) => index : channelsFirst(image);
    return { name, shape, theirs, theirShape: shape, source };
  });
}

/**
 * The order of axes of a kernel: filters first there, last here. Of a transposed convolution they are those of the convolution whose
 * gradient it is, in both.
 */
function kernelLayout(
  node: Node,
  own: string,
  shape: Shape,
  image: Shape | undefined,
): Pick<WeightLayout, "theirShape" | "source"> {
  if (node.layer.type === "dense") {
    const [inputs, units] = shape;
    const row = image === undefined ? (index: number) => index : channelsFirst(image);
    return {
      theirShape: [units, inputs],
      source: (index) => (index % units) * inputs + row(Math.floor(index / units)),
    };
  }
  if (node.layer.type === "depthwiseConv2d" || own === "depthwiseKernel") {
    const [height, width, ...channels] = shape;
    const filters = sizeOf(channels);
    const area = height * width;
    return {
      theirShape: [filters, 1, height, width],
      source: (index) => (index % filters) * area + Math.floor(index / filters),
    };
  }
  const [height, width, inputs, filters] = shape;
  const area = height * width;
  return {
    theirShape: [filters, inputs, height, width],
    source: (index) => {
      const pixel = Math.floor(index / (inputs * filters));
      const input = Math.floor(index / filters) % inputs;
      return ((index % filters) * inputs + input) * area + pixel;
    },
  };
}

/** Numbers of each value of an image, channels first there; of channels alone, as of a PReLU, in one axis. */
function imageLayout(shape: Shape): Pick<WeightLayout, "theirShape" | "source"> {
  const [height, width, channels] = shape;
  const isOfChannels = height * width === 1;
  return { theirShape: isOfChannels ? [channels] : [channels, height, width], source: channelsFirst(shape) };
}

/** The place of a flattened image's values where channels come first. */
function channelsFirst([height, width, channels]: Shape): (index: number) => number {
  const area = height * width;
  return (index) => (index % channels) * area + Math.floor(index / channels);
}

/**
 * The shape of the image that each flattened vector is of, by the number of the vector's tensor. Left out: those of one pixel, whose order
 * is the same in both layouts, and vectors that a layer gave an order of its own.
 */
function flattenedImages({ nodes }: Graph): ReadonlyMap<number, Shape> {
  const images = new Map<number, Shape>();
  for (const { layer, inputs, output, ...node } of nodes) {
    const [{ id, shape }] = inputs;
    if (output.shape.length !== 1) continue;
    if (shape.length === 3) {
      if (layer.type === "flatten" && sizeOf(shape) > shape[2]) images.set(output.id, shape);
      continue;
    }
    const image = images.get(id);
    // A layer with a kernel gives its outputs an order of its own, as do those that put vectors together or move their values.
    const isMixing = parametersOf({ layer, inputs, output, ...node }).some(({ role }) => role === "kernel");
    if (image === undefined || isMixing || OF_OWN_ORDER.has(layer.type)) continue;
    if (inputs.every((other) => images.get(other.id)?.join() === image.join())) images.set(output.id, image);
  }
  return images;
}
