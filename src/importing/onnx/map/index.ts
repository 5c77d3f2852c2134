/** For each operator the way to make layers of it. */

import type { MapNode } from "../builder.ts";
import { ELEMENTWISE_MAPS, parametricRelu, softmaxOf } from "./activation.ts";
import { convolution, gemm, matrixProduct, transposedConvolution } from "./convolution.ts";
import { concatenation, MERGING_MAPS } from "./merging.ts";
import { affine, batchNorm, groupNorm, layerNorm, summands } from "./normalization.ts";
import { adaptivePooling, globalPooling, pooling, reduction } from "./pooling.ts";
import { pad, reshaped, slice, split, transposition } from "./reshaping.ts";
import { resize } from "./resizing.ts";

/** The operators of which layers are made. */
export const OPERATORS: ReadonlyMap<string, MapNode> = new Map<string, MapNode>([
  ["Conv", convolution],
  ["ConvTranspose", transposedConvolution],
  ["Gemm", gemm],
  ["MatMul", matrixProduct],
  ["MaxPool", pooling("max")],
  ["AveragePool", pooling("average")],
  ["AdaptiveAveragePool", adaptivePooling],
  ["GlobalMaxPool", globalPooling("max")],
  ["GlobalAveragePool", globalPooling("average")],
  ["ReduceMean", reduction("average")],
  ["ReduceMax", reduction("max")],
  ["BatchNormalization", batchNorm],
  ["InstanceNormalization", groupNorm],
  ["GroupNormalization", groupNorm],
  ["LayerNormalization", layerNorm],
  ["Affine", affine],
  ["Summands", summands],
  ...Object.entries(ELEMENTWISE_MAPS),
  ["PRelu", parametricRelu],
  ["Softmax", softmaxOf],
  ...Object.entries(MERGING_MAPS),
  ["Concat", concatenation],
  ["Reshape", reshaped],
  ["Flatten", reshaped],
  ["Squeeze", reshaped],
  ["Unsqueeze", reshaped],
  ["Transpose", transposition],
  ["Slice", slice],
  ["Split", split],
  ["Pad", pad],
  ["Resize", resize],
  ["Upsample", resize],
]);
