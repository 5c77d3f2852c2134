import { ADAPTIVE_AVERAGE_POOLING2D } from "../layers/adaptive-average-pooling2d.ts";
import { AVERAGE } from "../layers/average.ts";
import { CHANNEL_SHUFFLE } from "../layers/channel-shuffle.ts";
import { CHANNEL_SLICE } from "../layers/channel-slice.ts";
import { CONV2D_TRANSPOSE } from "../layers/conv2d-transpose.ts";
import { CROPPING2D } from "../layers/cropping2d.ts";
import { GAUSSIAN_NOISE } from "../layers/gaussian-noise.ts";
import { GLOBAL_MAX_POOLING2D } from "../layers/global-max-pooling2d.ts";
import { GROUP_NORMALIZATION } from "../layers/group-normalization.ts";
import { LAYER_NORMALIZATION } from "../layers/layer-normalization.ts";
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

/** Types of layers that the small one-file build does without, activations aside. */
export const FURTHER_LAYER_TYPES = {
  conv2dTranspose: CONV2D_TRANSPOSE,
  separableConv2d: SEPARABLE_CONV2D,
  globalMaxPooling2d: GLOBAL_MAX_POOLING2D,
  adaptiveAveragePooling2d: ADAPTIVE_AVERAGE_POOLING2D,
  upSampling2d: UP_SAMPLING2D,
  zeroPadding2d: ZERO_PADDING2D,
  cropping2d: CROPPING2D,
  layerNormalization: LAYER_NORMALIZATION,
  groupNormalization: GROUP_NORMALIZATION,
  spatialDropout2d: SPATIAL_DROPOUT2D,
  gaussianNoise: GAUSSIAN_NOISE,
  stochasticDepth: STOCHASTIC_DEPTH,
  reshape: RESHAPE,
  permute: PERMUTE,
  channelSlice: CHANNEL_SLICE,
  channelShuffle: CHANNEL_SHUFFLE,
  rescaling: RESCALING,
  prelu: PRELU,
  subtract: SUBTRACT,
  multiply: MULTIPLY,
  average: AVERAGE,
  maximum: MAXIMUM,
};
