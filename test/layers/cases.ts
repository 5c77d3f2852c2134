/**
 * Layers of every type with every option, on small inputs.
 *
 * @module
 */

import { residual } from "../../src/graph/residual.ts";
import { ACTIVATION_NAMES, ACTIVATIONS, leakyRelu, relu, sigmoid, tanh } from "../../src/layers/activation.ts";
import { adaptiveAveragePooling2d } from "../../src/layers/adaptive-average-pooling2d.ts";
import { add } from "../../src/layers/add.ts";
import { average } from "../../src/layers/average.ts";
import { averagePooling2d } from "../../src/layers/average-pooling2d.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { channelShuffle } from "../../src/layers/channel-shuffle.ts";
import { channelSlice } from "../../src/layers/channel-slice.ts";
import { concatenate } from "../../src/layers/concatenate.ts";
import { type Conv2dOptions, conv2d } from "../../src/layers/conv2d.ts";
import { conv2dTranspose } from "../../src/layers/conv2d-transpose.ts";
import { cropping2d } from "../../src/layers/cropping2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { gaussianNoise } from "../../src/layers/gaussian-noise.ts";
import type { Padding } from "../../src/layers/geometry.ts";
import { globalAveragePooling2d } from "../../src/layers/global-average-pooling2d.ts";
import { globalMaxPooling2d } from "../../src/layers/global-max-pooling2d.ts";
import { groupNormalization } from "../../src/layers/group-normalization.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layerNormalization } from "../../src/layers/layer-normalization.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { maximum } from "../../src/layers/maximum.ts";
import { multiply } from "../../src/layers/multiply.ts";
import { permute } from "../../src/layers/permute.ts";
import { prelu } from "../../src/layers/prelu.ts";
import { rescaling } from "../../src/layers/rescaling.ts";
import { reshape } from "../../src/layers/reshape.ts";
import { separableConv2d } from "../../src/layers/separable-conv2d.ts";
import type { Shape } from "../../src/layers/shape.ts";
import { gelu } from "../../src/layers/smooth-activation.ts";
import { softmax } from "../../src/layers/softmax.ts";
import { spatialDropout2d } from "../../src/layers/spatial-dropout2d.ts";
import { stochasticDepth } from "../../src/layers/stochastic-depth.ts";
import { subtract } from "../../src/layers/subtract.ts";
import { upSampling2d } from "../../src/layers/up-sampling2d.ts";
import { zeroPadding2d } from "../../src/layers/zero-padding2d.ts";

export interface LayerCase {
  readonly name: string;
  readonly input: Shape;
  readonly layers: readonly Layer[];
  /**
   * True: a network begins with them, so that no gradient of the input is computed, and other kernels serve few
   * channels.
   */
  readonly first?: boolean;
}

/** Two ways from the input, of 3 channels each. */
const TWO_WAYS = [
  conv2d({ name: "a", filters: 3, kernelSize: 3, padding: 1, activation: "tanh" }),
  depthwiseConv2d({ name: "b", inputs: "input", kernelSize: 3, padding: 1 }),
];
const BOTH = { inputs: ["a", "b"] };
const ALL = { inputs: ["b", "input", "a"] };

/** Layers that merge several tensors. */
const MERGING_CASES: readonly LayerCase[] = [
  { name: "a sum of two", input: [5, 4, 3], layers: [...TWO_WAYS, add(BOTH)] },
  { name: "a sum of three, the input among them", input: [5, 4, 3], layers: [...TWO_WAYS, add(ALL), relu()] },
  { name: "the input added to itself", input: [7], layers: [add({ inputs: ["input", "input"] })] },
  { name: "a difference", input: [5, 4, 3], layers: [...TWO_WAYS, subtract(BOTH)] },
  {
    name: "a difference from the input",
    input: [5, 4, 3],
    layers: [conv2d({ name: "a", filters: 3, kernelSize: 1 }), subtract({ inputs: ["input", "a"] })],
  },
  { name: "a product of two", input: [5, 4, 3], layers: [...TWO_WAYS, multiply(BOTH)] },
  { name: "a product of three", input: [5, 4, 3], layers: [...TWO_WAYS, multiply(ALL)] },
  { name: "a square", input: [7], layers: [multiply({ inputs: ["input", "input"] })] },
  { name: "a mean", input: [5, 4, 3], layers: [...TWO_WAYS, average(ALL)] },
  { name: "a maximum of two", input: [5, 4, 3], layers: [...TWO_WAYS, maximum(BOTH)] },
  { name: "a maximum of three", input: [5, 4, 3], layers: [...TWO_WAYS, maximum(ALL)] },
  {
    name: "a maximum with the input, which wants no gradient",
    input: [5, 4, 3],
    layers: [...TWO_WAYS, maximum({ inputs: ["input", "b", "a"] })],
    first: true,
  },
  { name: "channels side by side", input: [5, 4, 3], layers: [...TWO_WAYS, concatenate(ALL)] },
  { name: "rows one under the other", input: [5, 4, 3], layers: [...TWO_WAYS, concatenate({ ...ALL, axis: 1 })] },
  { name: "columns side by side", input: [5, 4, 3], layers: [...TWO_WAYS, concatenate({ ...ALL, axis: -2 })] },
  {
    name: "vectors one after the other",
    input: [6],
    layers: [dense({ units: 3, name: "a" }), dense({ units: 5, name: "b", inputs: "input" }), concatenate(BOTH)],
  },
  {
    name: "squeeze and excitation",
    input: [5, 4, 3],
    layers: [
      conv2d({ name: "image", filters: 4, kernelSize: 3, activation: "relu" }),
      globalAveragePooling2d(),
      dense({ units: 2, activation: "relu" }),
      dense({ units: 4, activation: "sigmoid", name: "factors" }),
      multiply({ inputs: ["image", "factors"] }),
      relu(),
    ],
  },
  {
    name: "factors of channels as an image, before the image",
    input: [3, 4, 3],
    layers: [averagePooling2d({ poolSize: [3, 4], name: "factors" }), multiply({ inputs: ["factors", "input"] })],
  },
  {
    name: "a tensor with three users, in layers that are listed before those they take",
    input: [6, 6, 3],
    layers: [
      concatenate({ name: "end", inputs: ["left", "right", "stem"] }),
      conv2d({ name: "stem", inputs: "input", filters: 4, kernelSize: 3, padding: 1, activation: "relu" }),
      batchNormalization({ name: "left", inputs: "stem" }),
      residual([conv2d({ filters: 4, kernelSize: 3, padding: 1 })], { name: "right", inputs: "stem" }),
      globalAveragePooling2d({ inputs: "end" }),
    ],
  },
];

const SIDES: Padding = [
  [1, 2],
  [3, 0],
];
/** So much that some of the output's tiles of 4 x 4 meet no pixel. */
const FAR_SIDES: Padding = [
  [7, 1],
  [0, 9],
];
const SIDES_OF_POOL: Padding = [
  [1, 2],
  [0, 1],
];
const TWO_SIDES: Padding = [
  [1, 0],
  [0, 2],
];
const biasInitializer = { type: "normal", deviation: 0.5 } as const;

/** Layers that may follow a convolution, and are applied by it, by the pooling, or by themselves. */
const AFTER: Readonly<Record<string, () => Layer[]>> = {
  nothing: () => [],
  ReLU: () => [relu()],
  pooling: () => [maxPooling2d()],
  "ReLU, pooling": () => [relu(), maxPooling2d()],
  "pooling, ReLU": () => [maxPooling2d(), relu()],
  "ReLU, pooling, ReLU": () => [relu(), maxPooling2d(), relu()],
  "normalisation, ReLU, pooling": () => [batchNormalization(), relu(), maxPooling2d()],
  "pooling, normalisation, ReLU": () => [maxPooling2d(), batchNormalization(), relu()],
  "ReLU, overlapping pooling": () => [relu(), maxPooling2d({ poolSize: 3, strides: 2 })],
  "overlapping pooling, ReLU": () => [maxPooling2d({ poolSize: 2, strides: 1 }), relu()],
  "ReLU, pooling in ceil mode": () => [relu(), maxPooling2d({ poolSize: 2, ceilMode: true })],
  "ReLU, padded pooling": () => [relu(), maxPooling2d({ poolSize: 2, padding: 1 })],
  "ReLU, dilated pooling": () => [relu(), maxPooling2d({ dilationRate: 2 })],
  "ReLU, average pooling": () => [relu(), averagePooling2d()],
  "bounded ReLU": () => [relu({ maxValue: 0.5 })],
  "bounded ReLU, pooling": () => [relu({ maxValue: 0.5 }), maxPooling2d()],
  "pooling, bounded leaky ReLU": () => [maxPooling2d(), relu({ maxValue: 0.5, negativeSlope: 0.25 })],
  "normalisation, bounded ReLU": () => [batchNormalization(), relu({ maxValue: 0.625 })],
  "normalisation, bounded leaky ReLU": () => [batchNormalization(), relu({ maxValue: 0.625, negativeSlope: 0.25 })],
};

/** Convolutions of few channels, by the kernels that they take where a network begins with them. */
const FEW_CHANNELS: Readonly<Record<string, readonly [input: Shape, options: Conv2dOptions]>> = {
  "3x3": [[7, 8, 1], { filters: 5, kernelSize: 3 }],
  "3x3 padded, 3 channels": [[5, 6, 3], { filters: 6, kernelSize: 3, padding: 1 }],
  "5x5": [[9, 8, 1], { filters: 6, kernelSize: 5, padding: [2, 0] }],
  "3x5 strided, 2 channels": [[9, 12, 2], { filters: 4, kernelSize: [3, 5], strides: 2, padding: 1 }],
  "1x1, which pools apart": [[5, 5, 3], { filters: 4, kernelSize: 1 }],
};

/** A convolution and what follows it. Normalisation takes off any bias, so that there is none before it. */
function followed(name: string, input: Shape, options: Conv2dOptions, after: string, first: boolean): LayerCase {
  const bias = after.includes("normalisation") ? { useBias: false } : { biasInitializer };
  return { name: `${name}, ${after}`, input, layers: [conv2d({ ...options, ...bias }), ...AFTER[after]()], first };
}

export const LAYER_CASES: readonly LayerCase[] = [
  // Convolution: every kind of padding, stride, dilation, groups and bias.
  { name: "conv2d valid", input: [5, 6, 3], layers: [conv2d({ filters: 5, kernelSize: 3, biasInitializer })] },
  {
    name: "conv2d by Winograd, same",
    input: [7, 5, 16],
    layers: [conv2d({ filters: 18, kernelSize: 3, padding: "same", activation: "relu", biasInitializer })],
  },
  {
    name: "conv2d by Winograd, tiles outside of the image",
    input: [2, 3, 16],
    layers: [conv2d({ filters: 16, kernelSize: 3, padding: FAR_SIDES, biasInitializer })],
  },
  {
    name: "conv2d by Winograd, padding of each side, untied bias",
    input: [5, 6, 17],
    layers: [conv2d({ filters: 16, kernelSize: 3, padding: SIDES, untiedBias: true, biasInitializer })],
  },
  {
    name: "conv2d by Winograd, valid, without bias, after another",
    input: [8, 6, 3],
    layers: [conv2d({ filters: 16, kernelSize: 1 }), conv2d({ filters: 16, kernelSize: 3, useBias: false })],
  },
  {
    name: "conv2d same, even kernel",
    input: [5, 4, 2],
    layers: [conv2d({ filters: 3, kernelSize: [4, 2], padding: "same" })],
  },
  {
    name: "conv2d same, strided",
    input: [7, 6, 2],
    layers: [conv2d({ filters: 9, kernelSize: 3, padding: "same", strides: [2, 3] })],
  },
  {
    name: "conv2d padding of each side",
    input: [4, 5, 2],
    layers: [conv2d({ filters: 3, kernelSize: 3, padding: SIDES })],
  },
  {
    name: "conv2d padding larger than the kernel",
    input: [3, 3, 2],
    layers: [conv2d({ filters: 2, kernelSize: 2, padding: [3, 2] })],
  },
  {
    name: "conv2d stride larger than the kernel",
    input: [8, 9, 2],
    layers: [conv2d({ filters: 3, kernelSize: 2, strides: 3 })],
  },
  {
    name: "conv2d, stride beyond the input and a dilated single tap",
    input: [4, 5, 2],
    layers: [conv2d({ filters: 3, kernelSize: [1, 2], strides: [2 ** 32, 1e6], dilationRate: [2 ** 32, 2] })],
  },
  {
    name: "conv2d dilated",
    input: [8, 7, 2],
    layers: [conv2d({ filters: 3, kernelSize: [3, 2], dilationRate: [2, 3], padding: 1 })],
  },
  {
    name: "conv2d dilated and strided",
    input: [9, 9, 2],
    layers: [conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, strides: 2, padding: "same" })],
  },
  {
    name: "conv2d grouped",
    input: [5, 5, 6],
    layers: [conv2d({ filters: 9, kernelSize: 3, groups: 3, padding: 1, biasInitializer })],
  },
  {
    name: "conv2d with as many groups as channels",
    input: [5, 5, 4],
    layers: [conv2d({ filters: 4, kernelSize: 3, groups: 4, strides: 2 })],
  },
  {
    name: "conv2d untied bias",
    input: [4, 5, 2],
    layers: [conv2d({ filters: 3, kernelSize: 2, untiedBias: true, biasInitializer })],
  },
  { name: "conv2d without bias", input: [4, 5, 2], layers: [conv2d({ filters: 3, kernelSize: 2, useBias: false })] },
  { name: "conv2d 1 x 1", input: [3, 4, 5], layers: [conv2d({ filters: 8, kernelSize: 1 })] },
  { name: "conv2d over a single pixel", input: [1, 1, 3], layers: [conv2d({ filters: 2, kernelSize: 5, padding: 2 })] },
  ...ACTIVATION_NAMES.map((activation) => ({
    name: `conv2d ${activation}`,
    input: [4, 4, 2],
    layers: [conv2d({ filters: 3, kernelSize: 3, activation })],
  })),

  ...Object.keys(AFTER).flatMap((after) => [
    followed("conv2d", [6, 7, 5], { filters: 4, kernelSize: 3, padding: 1 }, after, false),
    ...Object.entries(FEW_CHANNELS).map(([kind, [input, options]]) =>
      followed(`first layer ${kind}`, input, options, after, true),
    ),
  ]),

  { name: "depthwiseConv2d", input: [5, 6, 5], layers: [depthwiseConv2d({ kernelSize: 3, biasInitializer })] },
  {
    name: "depthwiseConv2d strided, dilated, padded",
    input: [7, 8, 3],
    layers: [depthwiseConv2d({ kernelSize: [3, 2], strides: [2, 1], dilationRate: [1, 2], padding: SIDES })],
  },
  {
    name: "depthwiseConv2d with a multiplier",
    input: [5, 5, 3],
    layers: [depthwiseConv2d({ kernelSize: 3, padding: "same", depthMultiplier: 2 })],
  },
  {
    name: "depthwiseConv2d relu, untied bias",
    input: [4, 4, 3],
    layers: [depthwiseConv2d({ kernelSize: 2, activation: "relu", untiedBias: true, biasInitializer })],
  },

  {
    name: "conv2d behind zeros, which it pads itself",
    input: [5, 6, 3],
    layers: [
      conv2d({ filters: 4, kernelSize: 1 }),
      zeroPadding2d({ padding: [1, 2] }),
      conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: "same", biasInitializer }),
    ],
  },
  {
    name: "conv2dTranspose",
    input: [3, 4, 5],
    layers: [conv2dTranspose({ filters: 4, kernelSize: 3, biasInitializer })],
  },
  {
    name: "conv2dTranspose strided, same, ReLU",
    input: [3, 4, 5],
    layers: [
      conv2dTranspose({
        filters: 3,
        kernelSize: 4,
        strides: 2,
        padding: "same",
        activation: "relu",
        biasInitializer,
      }),
    ],
  },
  {
    name: "conv2dTranspose of groups, dilated, with output padding",
    input: [4, 3, 6],
    layers: [
      conv2dTranspose({
        filters: 4,
        kernelSize: [3, 2],
        strides: [2, 3],
        padding: [1, 0],
        outputPadding: [1, 2],
        dilationRate: [1, 2],
        groups: 2,
        activation: "tanh",
      }),
    ],
  },
  {
    name: "conv2dTranspose with as many groups as channels, bounded ReLU",
    input: [3, 4, 3],
    layers: [conv2dTranspose({ filters: 3, kernelSize: 2, groups: 3, useBias: false }), relu({ maxValue: 0.5 })],
  },
  {
    name: "conv2dTranspose, strides beyond its window, padding of each side",
    input: [3, 2, 4],
    layers: [
      conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3 }),
      conv2dTranspose({ filters: 3, kernelSize: 3, padding: TWO_SIDES }),
    ],
  },
  {
    name: "conv2dTranspose by Winograd, leaky ReLU",
    input: [7, 6, 17],
    layers: [conv2dTranspose({ filters: 16, kernelSize: 3, padding: 1, biasInitializer }), leakyRelu()],
  },
  {
    name: "conv2dTranspose that a network begins with",
    input: [4, 3, 2],
    layers: [conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 1 })],
    first: true,
  },
  {
    name: "separableConv2d",
    input: [5, 6, 3],
    layers: [separableConv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu", biasInitializer })],
  },
  {
    name: "separableConv2d with a multiplier behind zeros, normalisation",
    input: [5, 4, 3],
    layers: [
      zeroPadding2d(),
      separableConv2d({ filters: 5, kernelSize: [3, 2], strides: 2, depthMultiplier: 2, useBias: false }),
      batchNormalization(),
      relu(),
    ],
  },
  {
    name: "separableConv2d of one channel that a network begins with, pooling",
    input: [7, 8, 1],
    layers: [separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 4 }), relu(), maxPooling2d()],
    first: true,
  },

  { name: "dense", input: [13], layers: [dense({ units: 9, biasInitializer })] },
  { name: "dense without bias", input: [3], layers: [dense({ units: 4, useBias: false })] },
  { name: "dense, one unit", input: [7], layers: [dense({ units: 1 })] },
  ...ACTIVATION_NAMES.map((activation) => ({
    name: `dense ${activation}`,
    input: [6],
    layers: [dense({ units: 5, activation, biasInitializer })],
  })),
  {
    name: "flatten from the width on, a product on each row",
    input: [3, 2, 4],
    layers: [flatten({ axis: 2 }), conv2d({ filters: 3, kernelSize: 1, biasInitializer })],
  },
  { name: "flatten, dense", input: [2, 3, 2], layers: [flatten(), dense({ units: 3 })] },

  { name: "maxPooling2d", input: [5, 6, 3], layers: [maxPooling2d()] },
  {
    name: "maxPooling2d overlapping, ceilMode",
    input: [6, 7, 3],
    layers: [maxPooling2d({ poolSize: 3, strides: 2, ceilMode: true })],
  },
  {
    name: "maxPooling2d padded",
    input: [5, 5, 2],
    layers: [maxPooling2d({ poolSize: [3, 2], strides: [2, 1], padding: 1 })],
  },
  { name: "maxPooling2d same", input: [5, 7, 2], layers: [maxPooling2d({ poolSize: 2, padding: "same" })] },
  { name: "averagePooling2d", input: [5, 6, 3], layers: [averagePooling2d({ poolSize: 2 })] },
  {
    name: "averagePooling2d overlapping, ceilMode",
    input: [6, 8, 3],
    layers: [averagePooling2d({ poolSize: 3, strides: 2, ceilMode: true })],
  },
  {
    name: "averagePooling2d padding of each side",
    input: [5, 5, 2],
    layers: [
      averagePooling2d({
        poolSize: 3,
        strides: 2,
        padding: SIDES_OF_POOL,
      }),
    ],
  },
  {
    name: "averagePooling2d same",
    input: [5, 7, 2],
    layers: [averagePooling2d({ poolSize: 3, strides: 2, padding: "same" })],
  },
  {
    name: "averagePooling2d that counts padding",
    input: [5, 5, 2],
    layers: [
      averagePooling2d({ poolSize: 3, strides: 2, padding: SIDES_OF_POOL, ceilMode: true, countIncludePad: true }),
    ],
  },
  {
    name: "averagePooling2d dilated",
    input: [6, 7, 3],
    layers: [averagePooling2d({ poolSize: [2, 3], dilationRate: [3, 2], padding: 1, countIncludePad: true })],
  },
  {
    name: "averagePooling2d of many elements",
    input: [9, 10, 2],
    layers: [averagePooling2d({ poolSize: 9, strides: 1 })],
  },
  {
    name: "maxPooling2d dilated, padded",
    input: [6, 7, 3],
    layers: [maxPooling2d({ poolSize: 3, strides: 2, dilationRate: 2, padding: 2 })],
  },
  { name: "globalMaxPooling2d", input: [3, 5, 4], layers: [globalMaxPooling2d(), relu()] },
  { name: "adaptiveAveragePooling2d", input: [5, 7, 3], layers: [adaptiveAveragePooling2d({ outputSize: [2, 3] })] },
  { name: "adaptiveAveragePooling2d, even", input: [4, 6, 3], layers: [adaptiveAveragePooling2d({ outputSize: 2 })] },
  { name: "adaptiveAveragePooling2d of few", input: [2, 3, 3], layers: [adaptiveAveragePooling2d({ outputSize: 5 })] },
  { name: "zeroPadding2d", input: [3, 4, 5], layers: [zeroPadding2d({ padding: SIDES })] },
  { name: "zeroPadding2d, nothing added", input: [2, 3, 2], layers: [zeroPadding2d({ padding: 0 })] },
  { name: "cropping2d", input: [6, 5, 3], layers: [cropping2d({ cropping: SIDES_OF_POOL })] },
  {
    name: "reshape, permute, reshape",
    input: [3, 4, 5],
    layers: [reshape({ targetShape: [-1, 5] }), permute({ dims: [2, 1] }), reshape({ targetShape: [5, 3, -1] })],
  },
  ...[
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ].map((dims) => ({
    name: `permute ${dims.join(", ")}`,
    input: [3, 4, 7],
    layers: [conv2d({ filters: 6, kernelSize: 1, activation: "relu" }), permute({ dims })],
  })),
  {
    name: "channels split, shuffled and put together",
    input: [3, 4, 7],
    layers: [
      channelSlice({ name: "a", end: 3 }),
      channelSlice({ name: "b", inputs: "input", start: 3 }),
      relu({ name: "c" }),
      concatenate({ inputs: ["c", "a", "b"], name: "all" }),
      channelSlice({ end: 10 }),
      channelShuffle({ groups: 2 }),
      channelShuffle({ groups: 5 }),
    ],
  },
  { name: "channelSlice of a vector", input: [9], layers: [channelSlice({ start: 2, end: 7 }), dense({ units: 3 })] },
  { name: "rescaling", input: [3, 5], layers: [rescaling({ scale: -1.5, offset: 0.25 })] },
  { name: "upSampling2d", input: [3, 4, 5], layers: [upSampling2d()] },
  { name: "upSampling2d of one pixel", input: [1, 1, 2], layers: [upSampling2d({ size: [3, 4] })] },
  { name: "upSampling2d bilinear", input: [3, 4, 5], layers: [upSampling2d({ interpolation: "bilinear" })] },
  {
    name: "upSampling2d bilinear, odd and even sizes",
    input: [4, 1, 3],
    layers: [upSampling2d({ size: [3, 4], interpolation: "bilinear" })],
  },
  {
    name: "upSampling2d bilinear, aligned corners",
    input: [3, 4, 9],
    layers: [upSampling2d({ size: [2, 3], interpolation: "bilinear", alignCorners: true })],
  },
  {
    name: "upSampling2d of ReLUs, a product",
    input: [2, 3, 3],
    layers: [conv2d({ filters: 4, kernelSize: 1, activation: "relu" }), upSampling2d(), flatten(), dense({ units: 3 })],
  },
  { name: "globalAveragePooling2d", input: [3, 5, 4], layers: [globalAveragePooling2d()] },

  { name: "layerNormalization of channels", input: [3, 4, 5], layers: [layerNormalization()] },
  {
    name: "layerNormalization of images",
    input: [3, 2, 5],
    layers: [layerNormalization({ axis: [1, 2, -1], epsilon: 0.01, gammaInitializer: "glorotNormal" })],
  },
  { name: "layerNormalization of vectors, dense", input: [7], layers: [layerNormalization(), dense({ units: 3 })] },
  {
    name: "groupNormalization",
    input: [3, 4, 6],
    layers: [groupNormalization({ groups: 3, betaInitializer: "ones" })],
  },
  { name: "groupNormalization, one group", input: [3, 3, 5], layers: [groupNormalization({ groups: 1 })] },
  { name: "groupNormalization of single channels", input: [4, 3, 5], layers: [groupNormalization({ groups: -1 })] },
  {
    name: "normalisation of samples without gamma or beta",
    input: [3, 2, 6],
    layers: [
      layerNormalization({ center: false }),
      groupNormalization({ groups: 2, scale: false }),
      layerNormalization({ center: false, scale: false, epsilon: 0.5 }),
    ],
  },
  { name: "batchNormalization of images", input: [3, 4, 5], layers: [batchNormalization()] },
  {
    name: "batchNormalization of vectors",
    input: [6],
    layers: [
      batchNormalization({
        epsilon: 0.01,
        gammaInitializer: { type: "constant", value: 0.75 },
        betaInitializer: "ones",
      }),
    ],
  },

  { name: "relu of images", input: [3, 3, 2], layers: [relu()] },
  { name: "relu, bounded and leaky", input: [3, 5], layers: [relu({ maxValue: 0.7, negativeSlope: 0.1 })] },
  { name: "dense, bounded ReLU", input: [6], layers: [dense({ units: 9 }), relu({ maxValue: 0.3 })] },
  {
    name: "depthwiseConv2d, ReLU6 for small numbers",
    input: [5, 4, 3],
    layers: [depthwiseConv2d({ kernelSize: 3 }), relu({ maxValue: 0.6 })],
  },
  {
    name: "conv2d by Winograd, bounded leaky ReLU",
    input: [6, 6, 16],
    layers: [conv2d({ filters: 16, kernelSize: 3 }), relu({ maxValue: 0.6, negativeSlope: 0.5 })],
  },
  { name: "leakyRelu of another slope", input: [7], layers: [leakyRelu({ negativeSlope: 0.125 })] },
  ...Object.values(ACTIVATIONS).map((type) => ({ name: type.type, input: [7], layers: [type.create({})] })),
  { name: "gelu by tanh", input: [7], layers: [gelu({ approximate: true })] },
  { name: "prelu", input: [3, 2, 3], layers: [prelu({ alphaInitializer: "glorotNormal" })] },
  {
    name: "conv2d, prelu of channels",
    input: [3, 4, 3],
    layers: [
      conv2d({ filters: 5, kernelSize: 1 }),
      prelu({ sharedAxes: [1, 2], alphaInitializer: { type: "constant", value: 0.25 } }),
    ],
  },
  {
    name: "prelu of lines, of columns of channels",
    input: [3, 2, 5],
    layers: [
      prelu({ sharedAxes: [2, 3], alphaInitializer: { type: "constant", value: -0.5 } }),
      prelu({ sharedAxes: [2], alphaInitializer: { type: "constant", value: 0.375 } }),
    ],
  },
  { name: "prelu with one factor", input: [7], layers: [prelu({ sharedAxes: [1] }), dense({ units: 3 })], first: true },
  { name: "softmax of images", input: [2, 2, 3], layers: [softmax()] },
  { name: "dropout", input: [3, 3, 4], layers: [dropout({ rate: 0.375 })] },
  { name: "spatialDropout2d", input: [3, 3, 5], layers: [spatialDropout2d({ rate: 0.375 })] },
  { name: "spatialDropout2d of vectors", input: [9], layers: [spatialDropout2d({ rate: 0.5 })] },
  { name: "gaussianNoise", input: [3, 4, 3], layers: [gaussianNoise({ stddev: 0.5 }), tanh()] },
  {
    name: "dense, gaussianNoise, dense",
    input: [5],
    layers: [dense({ units: 6 }), gaussianNoise({ stddev: 0.25 }), dense({ units: 3 })],
  },
  {
    name: "stochasticDepth of a branch",
    input: [3, 3, 3],
    layers: [residual([conv2d({ filters: 3, kernelSize: 3, padding: "same" }), stochasticDepth({ rate: 0.5 })])],
  },
  { name: "dropout of rate 0", input: [9], layers: [dropout({ rate: 0 })] },

  {
    name: "residual",
    input: [4, 4, 3],
    layers: [
      residual([conv2d({ filters: 3, kernelSize: 3, padding: "same", useBias: false }), batchNormalization(), relu()]),
      conv2d({ filters: 2, kernelSize: 1 }),
    ],
  },
  {
    name: "residual with a shortcut",
    input: [5, 5, 3],
    layers: [
      residual([conv2d({ filters: 4, kernelSize: 3, padding: 1, strides: 2, activation: "relu" })], {
        shortcut: [conv2d({ filters: 4, kernelSize: 1, strides: 2, activation: "relu" })],
      }),
    ],
  },
  {
    name: "residual in a residual",
    input: [6],
    layers: [
      residual([
        dense({ units: 6, activation: "tanh" }),
        residual([dense({ units: 6 }), dropout({ rate: 0.25 })]),
        gelu(),
      ]),
    ],
  },
  { name: "residual around an activation", input: [5], layers: [residual([sigmoid()]), dense({ units: 2 })] },
  {
    name: "residual around flatten, with a shortcut",
    input: [2, 2, 2],
    layers: [residual([flatten(), dense({ units: 8 })], { shortcut: [flatten()] })],
  },
  ...MERGING_CASES,
  {
    name: "a small network",
    input: [6, 6, 2],
    layers: [
      conv2d({ filters: 4, kernelSize: 3, padding: 1 }),
      maxPooling2d(),
      relu(),
      depthwiseConv2d({ kernelSize: 3, padding: 1, activation: "relu" }),
      globalAveragePooling2d(),
      dense({ units: 3, activation: "softmax" }),
    ],
  },
];
