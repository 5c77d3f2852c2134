/** The functions that write layers as code and modules of PyTorch; ONNX has a table of its own. */

import {
  call,
  writeElu,
  writeGelu,
  writeLeakyRelu,
  writeNothing,
  writePrelu,
  writeRelu,
  writeRescaling,
  writeSoftmax,
} from "./activation.ts";
import {
  writeConv2d,
  writeConv2dTranspose,
  writeDense,
  writeDepthwiseConv2d,
  writeSeparableConv2d,
} from "./convolution.ts";
import { writeAdd, writeAverage, writeConcatenate, writeMaximum, writeMultiply, writeSubtract } from "./merging.ts";
import { writeBatchNormalization, writeGroupNormalization, writeLayerNormalization } from "./normalization.ts";
import {
  writeAdaptiveAveragePooling2d,
  writeAveragePooling2d,
  writeGlobalPooling,
  writeMaxPooling2d,
} from "./pooling.ts";
import type { WriteLayer } from "./python-network.ts";
import {
  writeChannelShuffle,
  writeChannelSlice,
  writeCropping2d,
  writePermute,
  writeReshape,
  writeUpSampling2d,
  writeZeroPadding2d,
} from "./reshaping.ts";

/** The writers by types of layers; blocks and activations are nodes of their own. */
export const WRITERS: ReadonlyMap<string, WriteLayer> = new Map([
  ["conv2d", writeConv2d],
  ["depthwiseConv2d", writeDepthwiseConv2d],
  ["separableConv2d", writeSeparableConv2d],
  ["conv2dTranspose", writeConv2dTranspose],
  ["dense", writeDense],
  ["maxPooling2d", writeMaxPooling2d],
  ["averagePooling2d", writeAveragePooling2d],
  ["globalAveragePooling2d", writeGlobalPooling("mean")],
  ["globalMaxPooling2d", writeGlobalPooling("amax")],
  ["adaptiveAveragePooling2d", writeAdaptiveAveragePooling2d],
  ["batchNormalization", writeBatchNormalization],
  ["layerNormalization", writeLayerNormalization],
  ["groupNormalization", writeGroupNormalization],
  ["dropout", writeNothing],
  ["spatialDropout2d", writeNothing],
  ["gaussianNoise", writeNothing],
  ["stochasticDepth", writeNothing],
  ["flatten", writeReshape],
  ["reshape", writeReshape],
  ["permute", writePermute],
  ["channelSlice", writeChannelSlice],
  ["channelShuffle", writeChannelShuffle],
  ["zeroPadding2d", writeZeroPadding2d],
  ["cropping2d", writeCropping2d],
  ["upSampling2d", writeUpSampling2d],
  ["relu", writeRelu],
  ["leakyRelu", writeLeakyRelu],
  ["prelu", writePrelu],
  ["sigmoid", call("torch.sigmoid")],
  ["tanh", call("torch.tanh")],
  ["softmax", writeSoftmax],
  ["gelu", writeGelu],
  ["hardSigmoid", call("F.hardsigmoid")],
  ["hardSwish", call("F.hardswish")],
  ["silu", call("F.silu")],
  ["elu", writeElu],
  ["selu", call("F.selu")],
  ["softplus", call("F.softplus")],
  ["mish", call("F.mish")],
  ["rescaling", writeRescaling],
  ["add", writeAdd],
  ["average", writeAverage],
  ["maximum", writeMaximum],
  ["subtract", writeSubtract],
  ["multiply", writeMultiply],
  ["concatenate", writeConcatenate],
]);
