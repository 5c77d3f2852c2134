/**
 * A model of ours as a network of Keras' layers.
 *
 * @module
 */

import type { Graph, Node } from "../../graph/graph.ts";
import { RELU } from "../../layers/activation.ts";
import type { ExportSettings } from "../export-options.ts";
import type { ModelView } from "../model-view.ts";
import { predictionGraph } from "../prediction-graph.ts";
import { ACTIVATION_LAYERS, activationName } from "./activations.ts";
import { type Convert, type Dialect, type Given, refused } from "./given.ts";
import { type KerasLayer, KerasNetwork } from "./keras-network.ts";
import { PLAIN_LAYERS } from "./plain-layers.ts";
import { POOLING_LAYERS } from "./pooling.ts";
import { WINDOW_LAYERS } from "./windows.ts";

/** Layers of ours that can be written, by their types. */
export const KERAS_LAYERS: Readonly<Record<string, Convert>> = {
  ...WINDOW_LAYERS,
  ...POOLING_LAYERS,
  ...PLAIN_LAYERS,
  ...ACTIVATION_LAYERS,
};

/** A network of Keras' layers, and its outputs. */
export interface KerasModel {
  readonly network: KerasNetwork;
  readonly outputs: readonly KerasLayer[];
}

/**
 * The network that reads pixels as ours does and predicts what `predict` gives, unless the settings leave out the one or the other.
 *
 * @throws RangeError for a layer that there is none of in the dialect
 */
export function kerasModel(
  model: ModelView,
  dialect: Dialect,
  { withoutScaling, logits }: Pick<ExportSettings, "withoutScaling" | "logits">,
): KerasModel {
  const {
    architecture: { input },
    weights,
  } = model;
  const graph = predictionGraph(model, logits);
  const network = new KerasNetwork(
    input.shape,
    graph.nodes.map(({ path }) => path),
  );
  const made = new Map<number, KerasLayer>([[graph.input.id, withoutScaling ? network.input : scaled(network, input)]]);
  const positive = positiveTensors(graph);
  for (const node of graph.nodes) {
    const inputs = node.inputs.flatMap(({ id }) => made.get(id) ?? []);
    const isPositive = node.inputs.every(({ id }) => positive.has(id));
    const given = { node, dialect, network, inputs, isPositive, weights };
    made.set(node.output.id, merged(given, graph) ?? convert(given));
  }
  const outputs = graph.outputs.flatMap(({ tensor }) => made.get(tensor.id) ?? []);
  return { network, outputs };
}

function convert(given: Given): KerasLayer {
  const { type } = given.node.layer;
  if (Object.hasOwn(KERAS_LAYERS, type)) return KERAS_LAYERS[type](given);
  throw refused(given, type, "a layer of another type");
}

/** The scaling of pixels: one layer, unless it changes nothing. */
function scaled(network: KerasNetwork, { scale, offset }: ModelView["architecture"]["input"]): KerasLayer {
  const plain = (values: readonly number[]) => (values.every((value) => value === values[0]) ? values[0] : [...values]);
  const config = { scale: plain(scale), offset: plain(offset) };
  const { input } = network;
  if (config.scale === 1 && config.offset === 0) return input;
  return network.add("Rescaling", "scaling", config, { inputs: [input], shape: input.shape });
}

/** Classes whose layers have an activation of their own. */
const ACTIVE = ["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "Dense"];

/** Puts the activation that a layer was made with back into it. */
function merged(given: Given, { nodes }: Graph): KerasLayer | undefined {
  const { node, inputs } = given;
  const [layer] = inputs;
  const name = activationName(given);
  const isOwn = nodes.some(
    ({ path, output }) => output === node.inputs[0] && node.path === `${path}/${node.layer.type}`,
  );
  if (!isOwn || name === undefined || !ACTIVE.includes(layer.className)) return undefined;
  layer.config.activation = name;
  return layer;
}

/** Types of layers without numbers below zero in their outputs, and of those that make none of inputs without. */
const POSITIVE = ["sigmoid", "softmax", "softplus", "hardSigmoid"];
const KEEPING = [
  "maxPooling2d",
  "averagePooling2d",
  "adaptiveAveragePooling2d",
  "globalAveragePooling2d",
  "globalMaxPooling2d",
  "dropout",
  "spatialDropout2d",
  "stochasticDepth",
  "flatten",
  "reshape",
  "permute",
  "channelSlice",
  "channelShuffle",
  "zeroPadding2d",
  "cropping2d",
  "upSampling2d",
  "concatenate",
  "add",
  "multiply",
  "average",
  "maximum",
  "relu",
  "leakyRelu",
];

/** The tensors in which no number is below zero. */
function positiveTensors({ nodes }: Graph): ReadonlySet<number> {
  const found = new Set<number>();
  for (const node of nodes) {
    const { type } = node.layer;
    const keeps = KEEPING.includes(type) && node.inputs.every(({ id }) => found.has(id));
    if (POSITIVE.includes(type) || keeps || isRectifier(node)) found.add(node.output.id);
  }
  return found;
}

function isRectifier({ layer }: Node): boolean {
  return layer.type === "relu" && RELU.create(layer.config).rectifier?.slope === 0;
}
