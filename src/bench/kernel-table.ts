/**
 * The shapes on which kernels are timed: every layer of the small networks, those of `MORE_LAYERS`, and kernels that
 * belong to no layer.
 *
 * @module
 */

import type { KernelName } from "../engine/kernels.ts";
import { readLayers } from "../graph/read.ts";
import { ACTIVATIONS } from "../layers/activation.ts";
import { adaptiveAveragePooling2d } from "../layers/adaptive-average-pooling2d.ts";
import { averagePooling2d } from "../layers/average-pooling2d.ts";
import { channelShuffle } from "../layers/channel-shuffle.ts";
import { channelSlice } from "../layers/channel-slice.ts";
import { conv2d } from "../layers/conv2d.ts";
import { conv2dTranspose } from "../layers/conv2d-transpose.ts";
import { cropping2d } from "../layers/cropping2d.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { gaussianNoise } from "../layers/gaussian-noise.ts";
import { globalMaxPooling2d } from "../layers/global-max-pooling2d.ts";
import { groupNormalization } from "../layers/group-normalization.ts";
import type { Layer } from "../layers/layer.ts";
import { layerNormalization } from "../layers/layer-normalization.ts";
import { permute } from "../layers/permute.ts";
import { prelu } from "../layers/prelu.ts";
import { rescaling } from "../layers/rescaling.ts";
import type { Shape } from "../layers/shape.ts";
import { softmax } from "../layers/softmax.ts";
import { spatialDropout2d } from "../layers/spatial-dropout2d.ts";
import { upSampling2d } from "../layers/up-sampling2d.ts";
import { SMALL_NETWORKS } from "../recipes/index.ts";
import { distillation } from "../training/losses/distillation.ts";
import { binaryFocalCrossentropy, categoricalFocalCrossentropy } from "../training/losses/focal.ts";
import { huber, meanAbsoluteError } from "../training/losses/values.ts";
import { meanSquaredError, sigmoidBinaryCrossEntropy, softmaxCrossEntropy } from "../training/losses.ts";
import { adam, rmsprop, sgd } from "../training/optimizers.ts";
import { layerProgram } from "./layer-program.ts";
import { mergingProgram } from "./merging-program.ts";
import { clipProgram, descentProgram, inputProgram, lossProgram, optimizerProgram } from "./other-programs.ts";
import type { ProgramMaker } from "./program.ts";

/** Kernels on one shape. */
export interface KernelCase {
  /** The shape in words, without the batch. */
  readonly shape: string;
  /** True where the batch size matters. */
  readonly batched: boolean;
  readonly program: ProgramMaker;
  /** True for a kernel that is timed here, rather than in a case of its own. */
  times(kernel: KernelName): boolean;
}

/** The shape of an image as benchmarks have it, when a recipe does not say. */
export const DEFAULT_SHAPE = [28, 28, 1] as const;

/**
 * Kernels of a layer on a shape.
 *
 * @param after the layers after it that it may apply itself
 */
function layerCase(
  layer: Layer,
  input: Shape,
  times: KernelCase["times"],
  first = false,
  after: readonly Layer[] = [],
): KernelCase {
  const program = layerProgram([layer, ...after], input, first);
  const pools = program(1, 1).operations.some(({ kernel }) => /^conv2d_.*pool/.test(kernel));
  return { shape: `${shapeOf(layer, input)}${pools ? ", max pool" : ""}`, batched: true, program, times };
}

/** "13x13x32 to 11x11x64, 3x3", with whatever else makes a difference. */
function shapeOf(layer: Layer, input: Shape): string {
  const output = layer.outputShape([input], layer.type);
  const { kernelSize, poolSize, strides, padding, groups, interpolation, alignCorners, approximate, dims, sharedAxes } =
    layer.config;
  const sides = (value: unknown) => (Array.isArray(value) ? value.join("x") : `${value}x${value}`);
  const window = kernelSize ?? poolSize;
  const parts = [input.join() === output.join() ? input.join("x") : `${input.join("x")} to ${output.join("x")}`];
  if (window !== undefined) parts.push(sides(window));
  if (interpolation !== undefined) parts.push(String(interpolation));
  if (alignCorners === true) parts.push("aligned corners");
  if (approximate === true) parts.push("by tanh");
  if (Array.isArray(sharedAxes)) parts.push(`shared along ${sharedAxes.join(", ")}`);
  if (Array.isArray(dims)) parts.push(`axes ${dims.join(", ")}`);
  if (strides !== undefined && strides !== 1 && String(strides) !== String(window))
    parts.push(`stride ${sides(strides)}`);
  if (padding !== undefined && padding !== "valid" && padding !== 0)
    parts.push(padding === "same" ? "same" : `pad ${padding}`);
  if (groups !== undefined && groups !== 1) parts.push(`${groups} groups`);
  return parts.join(", ");
}

/** The kernels that say most about a layer of some type; packing, padding and the like have cases of their own. */
const OF_LAYER: Readonly<Record<string, RegExp>> = {
  conv2d: /^(conv2d|depthwise|winograd)_/,
  conv2dTranspose: /^(conv2d|depthwise|winograd|add_bias)/,
  depthwiseConv2d: /^(conv2d|depthwise)_/,
  dense: /^dense_/,
  maxPooling2d: /^max_pool_/,
  averagePooling2d: /^average_pool_/,
  globalAveragePooling2d: /^average_pool_/,
  globalMaxPooling2d: /^max_pool_/,
  adaptiveAveragePooling2d: /^adaptive_/,
  upSampling2d: /^upsample_/,
  permute: /^(transpose|copy_boxes)/,
  channelSlice: /^copy_boxes/,
  channelShuffle: /^transpose/,
  cropping2d: /^copy_boxes/,
  rescaling: /^rescale/,
  batchNormalization: /^batch_norm_/,
  layerNormalization: /^(layer|sample)_norm_/,
  groupNormalization: /^group_norm_/,
  prelu: /^prelu_/,
};

/** Layers that no network has. To time a layer on another shape, add a line. */
const MORE_LAYERS: readonly (readonly [layer: Layer, input: Shape])[] = [
  [conv2d({ filters: 64, kernelSize: 3, padding: "same" }), [14, 14, 64]],
  [conv2d({ filters: 64, kernelSize: 3, strides: 2, padding: "same" }), [28, 28, 32]],
  [conv2d({ filters: 128, kernelSize: 1 }), [7, 7, 64]],
  [conv2d({ filters: 64, kernelSize: 3, padding: "same", groups: 4 }), [14, 14, 64]],
  [depthwiseConv2d({ kernelSize: 3, padding: "same" }), [14, 14, 64]],
  [depthwiseConv2d({ kernelSize: 3, strides: 2, padding: "same" }), [28, 28, 32]],
  [conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: "same" }), [14, 14, 64]],
  [averagePooling2d({ poolSize: 2 }), [26, 26, 32]],
  [globalMaxPooling2d(), [14, 14, 64]],
  [adaptiveAveragePooling2d({ outputSize: 6 }), [14, 14, 64]],
  [upSampling2d(), [14, 14, 64]],
  [layerNormalization(), [14, 14, 64]],
  [layerNormalization({ axis: [1, 2, 3] }), [14, 14, 64]],
  [groupNormalization({ groups: 8 }), [14, 14, 64]],
  [prelu(), [14, 14, 64]],
  [prelu({ sharedAxes: [1, 2] }), [14, 14, 64]],
  [upSampling2d({ interpolation: "bilinear" }), [14, 14, 64]],
  [upSampling2d({ interpolation: "bilinear", alignCorners: true }), [14, 14, 64]],
  [permute({ dims: [3, 1, 2] }), [14, 14, 64]],
  [permute({ dims: [2, 1, 3] }), [14, 14, 64]],
  [channelSlice({ start: 58 }), [14, 14, 116]],
  [channelShuffle({ groups: 2 }), [14, 14, 116]],
  [cropping2d({ cropping: 1 }), [16, 16, 64]],
  [rescaling({ scale: 2, offset: -1 }), [14, 14, 64]],
];

/** The layers of the networks and those that are listed, each shape once. */
function layerCases(): KernelCase[] {
  const cases = new Map<string, KernelCase>();
  const add = (layer: Layer, input: Shape, first: boolean, after: readonly Layer[] = []) => {
    const kernels = OF_LAYER[layer.type];
    if (kernels === undefined) return;
    const added = layerCase(layer, input, (kernel) => kernels.test(kernel), first, after);
    const key = `${layer.type} ${added.shape}`;
    if (!cases.has(key)) cases.set(key, added);
  };
  const visit = (layers: readonly Layer[], input: Shape, first: boolean) => {
    let shape = input;
    let isFirst = first;
    for (const [i, layer] of layers.entries()) {
      const { layers: inner, shortcut = [] } = layer.config;
      if (layer.type === "residual") {
        for (const branch of [inner, shortcut]) visit(readLayers(branch, "layers"), shape, isFirst);
      }
      add(layer, shape, isFirst, fusibleAfter(layers, i));
      if (layer.parameters([shape]).length > 0) isFirst = false;
      shape = layer.outputShape([shape], layer.type);
    }
  };
  for (const { layers, shape = DEFAULT_SHAPE } of SMALL_NETWORKS) visit(layers(10), shape, true);
  for (const [layer, shape] of MORE_LAYERS) add(layer, shape, false);
  return [...cases.values()];
}

/** The ReLU and the max pooling right behind a layer: it, or the pooling, may apply them. */
function fusibleAfter(layers: readonly Layer[], place: number): readonly Layer[] {
  const next = layers.slice(place + 1, place + 3);
  const end = next.findIndex(({ type }) => type !== "relu" && type !== "maxPooling2d");
  return end < 0 ? next : next.slice(0, end);
}

function otherCases(): KernelCase[] {
  const always = () => true;
  const image = [11, 11, 64];
  const { softmax: _, ...elementwise } = ACTIVATIONS;
  const block = conv2d({ filters: 64, kernelSize: 5, padding: "same", activation: "relu" });
  const weights = 100_000;
  const update = (name: string, program: ProgramMaker): KernelCase => {
    return { shape: `${weights} weights${name}`, batched: false, program, times: always };
  };
  const loss = (program: ProgramMaker): KernelCase => ({ shape: "10 outputs", batched: true, program, times: always });
  return [
    ...Object.values(elementwise).map((activation) => layerCase(activation.create({}), image, always)),
    layerCase(ACTIVATIONS.gelu.create({ approximate: true }), image, always),
    layerCase(dropout({ rate: 0.5 }), image, always),
    layerCase(spatialDropout2d({ rate: 0.5 }), image, always),
    layerCase(gaussianNoise({ stddev: 0.1 }), image, always),
    layerCase(softmax(), [10], always),
    { shape: "14x14x64", batched: true, program: mergingProgram([14, 14, 64]), times: always },
    // Kernels of a convolution besides its products.
    layerCase(block, image, (kernel) => /^(pack|pad2d|bias)/.test(kernel)),
    loss(lossProgram(softmaxCrossEntropy(), 10)),
    loss(lossProgram(sigmoidBinaryCrossEntropy(), 10)),
    loss(lossProgram(meanSquaredError(), 10)),
    loss(lossProgram(meanAbsoluteError(), 10)),
    loss(lossProgram(huber(), 10)),
    loss(lossProgram(categoricalFocalCrossentropy(), 10)),
    loss(lossProgram(binaryFocalCrossentropy(), 10)),
    loss(lossProgram(softmaxCrossEntropy(), 10, true)),
    loss(lossProgram(distillation(), 10, true)),
    { shape: "2304 to 128", batched: false, program: descentProgram(sgd(), 2304, 128), times: always },
    update("", optimizerProgram(sgd(), weights)),
    update("", optimizerProgram(sgd({ momentum: 0.9, nesterov: true }), weights)),
    update("", optimizerProgram(rmsprop(), weights)),
    update("", optimizerProgram(adam(), weights)),
    update("", clipProgram(weights)),
    { shape: "28x28x1", batched: true, program: inputProgram([28, 28, 1]), times: always },
    { shape: "32x32x3", batched: true, program: inputProgram([32, 32, 3]), times: always },
  ];
}

/** All cases. */
export function kernelCases(): KernelCase[] {
  return [...layerCases(), ...otherCases()];
}

/** The few cases of a first look: the heaviest convolution, a first layer, a dense layer. */
export function shortKernelCases(): KernelCase[] {
  const isFirstLook = (kernel: KernelName) => /^(conv2d|winograd|dense)_/.test(kernel);
  return [
    layerCase(conv2d({ filters: 64, kernelSize: 3, activation: "relu" }), [13, 13, 32], isFirstLook),
    layerCase(conv2d({ filters: 32, kernelSize: 3, activation: "relu" }), [28, 28, 1], isFirstLook, true),
    layerCase(readLayers([{ type: "dense", units: 128 }], "layers")[0], [1600], isFirstLook),
  ];
}
