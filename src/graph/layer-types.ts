import { ACTIVATIONS } from "../layers/activation.ts";
import { ADD } from "../layers/add.ts";
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
import { FURTHER_LAYER_TYPES } from "./further-layer-types.ts";
import { RESIDUAL } from "./residual.ts";

/**
 * All types of layers by their names, as files have them, in the order in which lists show them: first those that every build has.
 */
export const LAYER_TYPES = {
  conv2d: CONV2D,
  depthwiseConv2d: DEPTHWISE_CONV2D,
  dense: DENSE,
  maxPooling2d: MAX_POOLING2D,
  averagePooling2d: AVERAGE_POOLING2D,
  globalAveragePooling2d: GLOBAL_AVERAGE_POOLING2D,
  batchNormalization: BATCH_NORMALIZATION,
  dropout: DROPOUT,
  flatten: FLATTEN,
  ...ACTIVATIONS,
  add: ADD,
  concatenate: CONCATENATE,
  residual: RESIDUAL,
  ...FURTHER_LAYER_TYPES,
};
