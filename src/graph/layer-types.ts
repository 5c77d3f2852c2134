import { ACTIVATIONS } from "../layers/activation.ts";
import { ADAPTIVE_AVERAGE_POOLING2D } from "../layers/adaptive-average-pooling2d.ts";
import { ADD } from "../layers/add.ts";
import { AVERAGE } from "../layers/average.ts";
import { AVERAGE_POOLING2D } from "../layers/average-pooling2d.ts";
import { BATCH_NORMALIZATION } from "../layers/batch-normalization.ts";
import { CHANNEL_SHUFFLE } from "../layers/channel-shuffle.ts";
import { CHANNEL_SLICE } from "../layers/channel-slice.ts";
import { CONCATENATE } from "../layers/concatenate.ts";
import { CONV2D } from "../layers/conv2d.ts";
import { CONV2D_TRANSPOSE } from "../layers/conv2d-transpose.ts";
import { CROPPING2D } from "../layers/cropping2d.ts";
import { DENSE } from "../layers/dense.ts";
import { DEPTHWISE_CONV2D } from "../layers/depthwise-conv2d.ts";
import { DROPOUT } from "../layers/dropout.ts";
import { FLATTEN } from "../layers/flatten.ts";
import { GAUSSIAN_NOISE } from "../layers/gaussian-noise.ts";
import { GLOBAL_AVERAGE_POOLING2D } from "../layers/global-average-pooling2d.ts";
import { GLOBAL_MAX_POOLING2D } from "../layers/global-max-pooling2d.ts";
import { GROUP_NORMALIZATION } from "../layers/group-normalization.ts";
import { LAYER_NORMALIZATION } from "../layers/layer-normalization.ts";
import { MAX_POOLING2D } from "../layers/max-pooling2d.ts";
import { MAXIMUM } from "../layers/maximum.ts";
import { MULTIPLY } from "../layers/multiply.ts";
import { PERMUTE } from "../layers/permute.ts";
import { PRELU } from "../layers/prelu.ts";
import { RESCALING } from "../layers/rescaling.ts";
import { RESHAPE } from "../layers/reshape.ts";
import { SEPARABLE_CONV2D } from "../layers/separable-conv2d.ts";
import { SPATIAL_DROPOUT2D } from "../layers/spatial-dropout2d.ts";
import { STOCHASTIC_DEPTH } from "../layers/stochastic-depth.ts";
import { SUBTRACT } from "../layers/subtract.ts";
import { UP_SAMPLING2D } from "../layers/up-sampling2d.ts";
import { ZERO_PADDING2D } from "../layers/zero-padding2d.ts";
import { RESIDUAL } from "./residual.ts";
/** All types of layers by their names, as files have them, in the order in which lists show them. */
export const LAYER_TYPES = {
  conv2d: CONV2D,
  conv2dTranspose: CONV2D_TRANSPOSE,
  depthwiseConv2d: DEPTHWISE_CONV2D,
  separableConv2d: SEPARABLE_CONV2D,
  dense: DENSE,
  maxPooling2d: MAX_POOLING2D,
  averagePooling2d: AVERAGE_POOLING2D,
  globalAveragePooling2d: GLOBAL_AVERAGE_POOLING2D,
  globalMaxPooling2d: GLOBAL_MAX_POOLING2D,
  adaptiveAveragePooling2d: ADAPTIVE_AVERAGE_POOLING2D,
  upSampling2d: UP_SAMPLING2D,
  zeroPadding2d: ZERO_PADDING2D,
  cropping2d: CROPPING2D,
  batchNormalization: BATCH_NORMALIZATION,
  layerNormalization: LAYER_NORMALIZATION,
  groupNormalization: GROUP_NORMALIZATION,
  dropout: DROPOUT,
  spatialDropout2d: SPATIAL_DROPOUT2D,
  gaussianNoise: GAUSSIAN_NOISE,
  stochasticDepth: STOCHASTIC_DEPTH,
  flatten: FLATTEN,
  reshape: RESHAPE,
  permute: PERMUTE,
  channelSlice: CHANNEL_SLICE,
  channelShuffle: CHANNEL_SHUFFLE,
  rescaling: RESCALING,
  ...ACTIVATIONS,
  prelu: PRELU,
  add: ADD,
  subtract: SUBTRACT,
  multiply: MULTIPLY,
  average: AVERAGE,
  maximum: MAXIMUM,
  concatenate: CONCATENATE,
  residual: RESIDUAL,
};
