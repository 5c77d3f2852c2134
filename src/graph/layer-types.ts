import { ACTIVATIONS } from "../layers/activation.ts";
import { ADD } from "../layers/add.ts";
import { AVERAGE } from "../layers/average.ts";
import { AVERAGE_POOLING2D } from "../layers/average-pooling2d.ts";
import { BATCH_NORMALIZATION } from "../layers/batch-normalization.ts";
import { CONCATENATE } from "../layers/concatenate.ts";
import { CONV2D } from "../layers/conv2d.ts";
import { DENSE } from "../layers/dense.ts";
import { DEPTHWISE_CONV2D } from "../layers/depthwise-conv2d.ts";
import { DROPOUT } from "../layers/dropout.ts";
import { FLATTEN } from "../layers/flatten.ts";
import { GLOBAL_AVERAGE_POOLING2D } from "../layers/global-average-pooling2d.ts";
import { MAX_POOLING2D } from "../layers/max-pooling2d.ts";
import { MAXIMUM } from "../layers/maximum.ts";
import { MULTIPLY } from "../layers/multiply.ts";
import { SUBTRACT } from "../layers/subtract.ts";
import { UP_SAMPLING2D } from "../layers/up-sampling2d.ts";
import { RESIDUAL } from "./residual.ts";

/** All types of layers by their names, as files have them, in the order in which lists show them. */
export const LAYER_TYPES = {
  conv2d: CONV2D,
  depthwiseConv2d: DEPTHWISE_CONV2D,
  dense: DENSE,
  maxPooling2d: MAX_POOLING2D,
  averagePooling2d: AVERAGE_POOLING2D,
  globalAveragePooling2d: GLOBAL_AVERAGE_POOLING2D,
  upSampling2d: UP_SAMPLING2D,
  batchNormalization: BATCH_NORMALIZATION,
  dropout: DROPOUT,
  flatten: FLATTEN,
  ...ACTIVATIONS,
  add: ADD,
  subtract: SUBTRACT,
  multiply: MULTIPLY,
  average: AVERAGE,
  maximum: MAXIMUM,
  concatenate: CONCATENATE,
  residual: RESIDUAL,
};
