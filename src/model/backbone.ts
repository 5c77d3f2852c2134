/**
 * Backbones: networks without their last layer, whose outputs describe what is in an image.
 *
 * @module
 */

import { InputRangeError, InputTypeError, isInputError, listed, shown } from "../errors.ts";
import { layerNames } from "../graph/build.ts";
import { type Graph, inputShapes, type Node, producers, type Tensor } from "../graph/graph.ts";
import { isRecord } from "../json.ts";
import { sizeOf } from "../layers/shape.ts";
import { extents } from "../options/kinds.ts";
import { type Architecture, checkOneOutput } from "./architecture.ts";
import { readArchitecture } from "./read-architecture.ts";

/** Layers that change a tensor at random in training alone: features are taken before them. */
const RANDOM: readonly string[] = ["dropout", "spatialDropout2d", "gaussianNoise", "stochasticDepth"];

/** Height and width of images that a backbone is used for. */
export const BACKBONE_SIZE = extents(["height", "width"], 2 ** 16);

/** Name of the layer that gives the classes. */
export const HEAD = "head";

/**
 * The network up to a layer, with all layers frozen.
 *
 * @param at name of the layer; default: the one whose output the last dense layer takes, or a last convolution of single pixels; the last
 *   layer where the network ends with neither
 * @param who stands in messages
 * @param size height and width of its images, where they are not those of the network
 * @throws TypeError, RangeError if there is no such layer, a network of several outputs leaves it open, or its layers are for images of
 *   another size
 */
export function backboneOf(
  architecture: Architecture,
  at: string | undefined,
  who: string,
  size?: readonly [height: number, width: number],
): Architecture {
  const name = at ?? featureLayer(architecture, who);
  const names = layerNames(architecture.layers);
  const last = names.indexOf(name);
  if (last < 0) {
    const expected = `a layer at which to cut: ${listed(names)}`;
    if (typeof name !== "string") throw new InputTypeError(who, expected, shown(name));
    throw new InputRangeError(who, expected, shown(name), "unknown-name");
  }
  const wanted = new Set<number>();
  const open = [last];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (wanted.has(index)) continue;
    wanted.add(index);
    const { inputs } = architecture.layers[index].config;
    const taken = inputs?.map((input) => names.indexOf(input)) ?? [index - 1];
    open.push(...taken.filter((before) => before >= 0));
  }
  const layers = architecture.layers.flatMap(({ config }, index) =>
    wanted.has(index) ? [{ ...config, name: names[index], trainable: false }] : [],
  );
  const { input } = architecture.toJson();
  const cut = readArchitecture({ input, layers, outputs: [name] });
  return size === undefined ? cut : forSize(cut, size, who);
}

/** A network for images of another size, which has the same weights. */
function forSize(network: Architecture, [height, width]: readonly [number, number], who: string): Architecture {
  const { input, layers, outputs } = network.toJson();
  const [ownHeight, ownWidth, channels] = network.input.shape;
  if (height === ownHeight && width === ownWidth) return network;
  const wrong = (cause?: unknown) => {
    const expected = `images of ${ownHeight} x ${ownWidth}, as its layers fit no others`;
    return new InputRangeError(who, expected, `${height} x ${width}`, "shape-mismatch", { cause });
  };
  if (!isRecord(input)) throw new Error("backbone: an architecture without an input");
  let other: Architecture;
  try {
    other = readArchitecture({ input: { ...input, shape: [height, width, channels] }, layers, outputs });
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw wrong(error);
  }
  const sizesOf = (one: Architecture) => one.parameters().map(({ name, shape }) => `${name} ${shape.join(" x ")}`);
  if (sizesOf(other).join() !== sizesOf(network).join()) throw wrong();
  return other;
}

/**
 * The name of the layer that gives the features of a network: see {@link backboneOf}.
 *
 * @throws RangeError if the network is nothing but its last layer, or features come from within a block
 */
function featureLayer(architecture: Architecture, who: string): string {
  checkOneOutput(architecture, who, "; at says the layer to cut at");
  const { graph } = architecture;
  const tensor = featureTensor(graph);
  const node = producers(graph).get(tensor.id);
  const name = node?.path.split("/")[0];
  const ends = graph.nodes.filter(({ path }) => path.split("/")[0] === name);
  if (name !== undefined && ends.at(-1) === node) return name;
  const expected = "a network whose last layer takes another layer's output";
  const got = node === undefined ? "one of a single layer" : `one that ends within ${name}`;
  throw new InputRangeError(who, expected, got, "shape-mismatch", { advice: "at says the layer to cut at" });
}

/** The tensor of the features. */
function featureTensor(graph: Graph): Tensor {
  const makers = producers(graph);
  const { tensor } = graph.outputs[0];
  const ends = nodesBackFrom(makers, tensor, keepsSize);
  const end = ends.at(-1);
  if (end === undefined) return tensor;
  if (isHead(end)) return beforeRandom(makers, end.inputs[0]);
  // A convolution that gives the classes of each pixel, and then their mean.
  const classifies = ends.some(({ layer }) => layer.type === "softmax");
  const head = isPooling(end) && classifies ? nodesBackFrom(makers, end.inputs[0], hasNoWeights).at(-1) : undefined;
  if (head?.layer.type === "conv2d") return beforeRandom(makers, head.inputs[0]);
  return isPooling(end) ? end.output : tensor;
}

/** The nodes from the one that makes a tensor towards the input, up to and with the first that does not fit a condition. */
function nodesBackFrom(makers: ReadonlyMap<number, Node>, tensor: Tensor, fits: (node: Node) => boolean): Node[] {
  const way: Node[] = [];
  for (let node = makers.get(tensor.id); node !== undefined; node = makers.get(node.inputs[0].id)) {
    way.push(node);
    if (!fits(node)) break;
  }
  return way;
}

function beforeRandom(makers: ReadonlyMap<number, Node>, tensor: Tensor): Tensor {
  const node = makers.get(tensor.id);
  return node !== undefined && RANDOM.includes(node.layer.type) ? beforeRandom(makers, node.inputs[0]) : tensor;
}

function hasNoWeights(node: Node): boolean {
  return node.inputs.length === 1 && node.layer.parameters(inputShapes(node)).length === 0;
}

/** True for layers without weights that keep the number of elements: activations, and changes of shape. */
function keepsSize(node: Node): boolean {
  return hasNoWeights(node) && sizeOf(node.inputs[0].shape) === sizeOf(node.output.shape);
}

function isPooling({ layer: { type } }: Node): boolean {
  return type.endsWith("Pooling2d");
}

/** True for a dense layer, and for a convolution of a single pixel. */
function isHead({ layer: { type }, output: { shape } }: Node): boolean {
  return type === "dense" || (type === "conv2d" && shape[0] === 1 && shape[1] === 1);
}

/**
 * A backbone with a new last layer. Features that still are an image are averaged over its pixels before.
 *
 * @param dropout share of the features that are dropped in training
 */
export function withHead(backbone: Architecture, classes: number, dropout = 0): Architecture {
  const { input, layers } = backbone.toJson();
  const list = Array.isArray(layers) ? layers : [];
  const names = new Set(layerNames(backbone.layers));
  const free = (name: string): string => (names.has(name) ? free(`${name}_`) : name);
  const shape = backbone.output;
  const isImage = shape.length === 3 && shape[0] * shape[1] > 1;
  const [from] = backbone.outputShapes.keys();
  const first = isImage ? "globalAveragePooling2d" : "flatten";
  const added = [
    ...(shape.length > 1 ? [{ type: first, name: free("features") }] : []),
    ...(dropout > 0 ? [{ type: "dropout", name: free("headDropout"), rate: dropout }] : []),
    { type: "dense", name: free(HEAD), units: classes },
  ];
  const [next, ...rest] = added;
  return readArchitecture({ input, layers: [...list, { ...next, inputs: [from] }, ...rest] });
}

/** The layer that gives a network's classes: its name, and its kernel's shape; undefined where it is not dense. */
export function headOf({
  graph,
}: Architecture): { readonly path: string; readonly inputs: number; readonly units: number } | undefined {
  const ends = nodesBackFrom(producers(graph), graph.outputs[0].tensor, keepsSize);
  const node = ends.at(-1);
  if (node?.layer.type !== "dense") return undefined;
  return { path: node.path, inputs: sizeOf(node.inputs[0].shape), units: sizeOf(node.output.shape) };
}
