/**
 * Weights as PyTorch keeps them: names, and orders of axes that differ from those here.
 *
 * @module
 */

import type { Graph, Node } from "../graph/graph.ts";
import { parametersOf, producers } from "../graph/graph.ts";
import { type Shape, sizeOf } from "../layers/shape.ts";
import { layoutsOf, type WeightLayout, type WeightLayouts } from "./weight-layout.ts";

/** PyTorch's names of a layer's parameters, by ours. */
const NAMES: Readonly<Record<string, string>> = {
  kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  movingMean: "running_mean",
  movingVariance: "running_var",
  alpha: "weight",
};

/** The weights of each node that has any, as PyTorch has them. */
export function pytorchLayouts(graph: Graph): WeightLayouts {
  return layoutsOf(graph, (node) => nodeLayouts(graph, node));
}

function nodeLayouts(graph: Graph, node: Node): WeightLayout[] {
  const image = flattenedImage(graph, node);
  const parameters = parametersOf(node);
  // A bias is in the order of the outputs, all else of a layer without a kernel in that of the inputs.
  const isMixing = parameters.some(({ role }) => role === "kernel");
  return parameters.map(({ name, shape, role }) => {
    const own = name.slice(node.path.length + 1);
    const theirs = NAMES[own] ?? own;
    if (role === "kernel") return { name, shape, theirs, ...kernelLayout(node, own, shape, image) };
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

/** The place of a flattened image's values where channels come first. */
function channelsFirst([height, width, channels]: Shape): (index: number) => number {
  const area = height * width;
  return (index) => (index % channels) * area + Math.floor(index / channels);
}

/**
 * The image whose values a node takes as a vector; undefined where it takes none, or one of a single pixel, whose order is the
 * same everywhere.
 */
function flattenedImage(graph: Graph, node: Node): Shape | undefined {
  const makers = producers(graph);
  let [tensor] = node.inputs;
  while (tensor.shape.length === 1) {
    const maker = makers.get(tensor.id);
    if (maker === undefined) return undefined;
    const [before] = maker.inputs;
    if (before.shape.length === 3) {
      const isFlat = maker.layer.type === "flatten" && sizeOf(before.shape) > before.shape[2];
      return isFlat ? before.shape : undefined;
    }
    // A layer with a kernel gives its outputs an order of its own.
    if (parametersOf(maker).some(({ role }) => role === "kernel")) return undefined;
    tensor = before;
  }
  return undefined;
}
