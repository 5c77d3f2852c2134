/**
 * Our layers that change shapes, merge, normalise and make noise as Keras' layers.
 *
 * @module
 */

import { BATCH_NORMALIZATION } from "../../layers/batch-normalization.ts";
import { CHANNEL_SHUFFLE } from "../../layers/channel-shuffle.ts";
import { CHANNEL_SLICE } from "../../layers/channel-slice.ts";
import { CONCATENATE } from "../../layers/concatenate.ts";
import { CROPPING2D } from "../../layers/cropping2d.ts";
import { DROPOUT } from "../../layers/dropout.ts";
import { GAUSSIAN_NOISE } from "../../layers/gaussian-noise.ts";
import { paddingOf } from "../../layers/geometry.ts";
import { GROUP_NORMALIZATION } from "../../layers/group-normalization.ts";
import { LAYER_NORMALIZATION } from "../../layers/layer-normalization.ts";
import { PERMUTE } from "../../layers/permute.ts";
import { PRELU } from "../../layers/prelu.ts";
import { RESCALING } from "../../layers/rescaling.ts";
import { sizeOf } from "../../layers/shape.ts";
import { SPATIAL_DROPOUT2D } from "../../layers/spatial-dropout2d.ts";
import { STOCHASTIC_DEPTH } from "../../layers/stochastic-depth.ts";
import { UP_SAMPLING2D } from "../../layers/up-sampling2d.ts";
import { ZERO_PADDING2D } from "../../layers/zero-padding2d.ts";
import { addHelper, addLayer, type Convert, type Given, optionsOf, refused } from "./given.ts";
import type { KerasLayer } from "./keras-network.ts";

/** Axes as numbers from 0, which is the batch, in place of negative ones that count from the last. */
function fromFirst({ inputs: [{ shape }] }: Given, axes: readonly number[]): number[] {
  return axes.map((axis) => (axis < 0 ? axis + shape.length + 1 : axis));
}

/** The inputs of a layer, with copies of repeated ones for TensorFlow.js, which frees an input after its first use. */
function apart(given: Given): readonly KerasLayer[] {
  const { inputs, dialect } = given;
  if (dialect === "Keras") return inputs;
  return inputs.map((input, i) =>
    inputs.indexOf(input) === i ? input : addHelper(given, "Rescaling", "copy", { scale: 1, offset: 0 }, [input]),
  );
}

/** A layer of several inputs without options. */
function merging(className: string): Convert {
  return (given) => addLayer(given, className, {}, { inputs: apart(given) });
}

const batchNormalization: Convert = (given) => {
  const { momentum, epsilon } = optionsOf(given, BATCH_NORMALIZATION);
  return addLayer(given, "BatchNormalization", { axis: -1, momentum, epsilon });
};

const layerNormalization: Convert = (given) => {
  const { axis, epsilon, center, scale } = optionsOf(given, LAYER_NORMALIZATION);
  const axes = fromFirst(given, [axis].flat());
  return addLayer(given, "LayerNormalization", { axis: axes.length === 1 ? axes[0] : axes, epsilon, center, scale });
};

const groupNormalization: Convert = (given) => {
  const { groups, epsilon, center, scale } = optionsOf(given, GROUP_NORMALIZATION);
  if (given.dialect !== "Keras")
    throw refused(given, "group normalisation", "batchNormalization or layerNormalization");
  return addLayer(given, "GroupNormalization", { groups, axis: -1, epsilon, center, scale });
};

const prelu: Convert = (given) => {
  const { sharedAxes } = optionsOf(given, PRELU);
  const axes = fromFirst(given, [sharedAxes ?? []].flat());
  return addLayer(given, "PReLU", axes.length > 0 ? { shared_axes: axes } : {});
};

/** Rows and columns at the sides, as pairs. */
function sidesOf(padding: Parameters<typeof paddingOf>[0]["padding"], name: string) {
  return [[...paddingOf({ name, padding }, 0, 0)], [...paddingOf({ name, padding }, 1, 0)]];
}

const zeroPadding2d: Convert = (given) => {
  const { padding } = optionsOf(given, ZERO_PADDING2D);
  return addLayer(given, "ZeroPadding2D", { padding: sidesOf(padding, given.node.path) });
};

const cropping2d: Convert = (given) => {
  const { cropping } = optionsOf(given, CROPPING2D);
  return addLayer(given, "Cropping2D", { cropping: sidesOf(cropping, given.node.path) });
};

const upSampling2d: Convert = (given) => {
  const { size, interpolation, alignCorners } = optionsOf(given, UP_SAMPLING2D);
  if (alignCorners) throw refused(given, "alignCorners", "bilinear interpolation without it");
  if (interpolation === "bilinear" && given.dialect !== "Keras") {
    throw refused(given, "bilinear interpolation between the middles of pixels", "interpolation nearest");
  }
  return addLayer(given, "UpSampling2D", { size: [...size], interpolation });
};

const flatten: Convert = (given) => {
  const { shape } = given.node.output;
  return shape.length === 1 ? addLayer(given, "Flatten", {}) : addLayer(given, "Reshape", { target_shape: [...shape] });
};

const reshape: Convert = (given) => addLayer(given, "Reshape", { target_shape: [...given.node.output.shape] });

const permute: Convert = (given) => addLayer(given, "Permute", { dims: [...optionsOf(given, PERMUTE).dims] });

/** Channels as the columns of an image of one channel, which can be cut off. */
const channelSlice: Convert = (given) => {
  const { start, end } = optionsOf(given, CHANNEL_SLICE);
  const [input] = given.inputs;
  const c = input.shape[input.shape.length - 1];
  const last = end ?? c;
  const rows = sizeOf(input.shape) / c;
  const columns = addHelper(given, "Reshape", "columns", { target_shape: [rows, c, 1] }, [input], [rows, c, 1]);
  const cropping = [
    [0, 0],
    [start, c - last],
  ];
  const part = addHelper(given, "Cropping2D", "cropped", { cropping }, [columns], [rows, last - start, 1]);
  return addLayer(given, "Reshape", { target_shape: [...given.node.output.shape] }, { inputs: [part] });
};

const channelShuffle: Convert = (given) => {
  const { groups } = optionsOf(given, CHANNEL_SHUFFLE);
  const [input] = given.inputs;
  const c = input.shape[input.shape.length - 1];
  const apart = [sizeOf(input.shape) / c, groups, c / groups];
  const turned = [apart[0], apart[2], groups];
  const parts = addHelper(given, "Reshape", "groups", { target_shape: apart }, [input], apart);
  const mixed = addHelper(given, "Permute", "turned", { dims: [1, 3, 2] }, [parts], turned);
  return addLayer(given, "Reshape", { target_shape: [...input.shape] }, { inputs: [mixed] });
};

const rescaling: Convert = (given) => {
  const { scale, offset } = optionsOf(given, RESCALING);
  return addLayer(given, "Rescaling", { scale, offset });
};

/** Factors of channels are an image of one pixel in Keras. */
const multiply: Convert = (given) => {
  const rank = Math.max(...given.inputs.map(({ shape }) => shape.length));
  const inputs = apart(given).map((input) => {
    if (input.shape.length === rank) return input;
    const shape = [1, 1, ...input.shape];
    return addHelper(given, "Reshape", "factors", { target_shape: shape }, [input], shape);
  });
  return addLayer(given, "Multiply", {}, { inputs });
};

const subtract: Convert = (given) => {
  if (given.dialect === "Keras") return addLayer(given, "Subtract", {});
  const [first, second] = given.inputs;
  const negative = addHelper(given, "Rescaling", "negative", { scale: -1, offset: 0 }, [second]);
  return addLayer(given, "Add", {}, { inputs: [first, negative] });
};

const concatenate: Convert = (given) => {
  const [axis] = fromFirst(given, [optionsOf(given, CONCATENATE).axis]);
  return addLayer(given, "Concatenate", { axis }, { inputs: apart(given) });
};

/** TensorFlow.js has no dropout of channels, but one whose noise is the same for all of their pixels. */
const spatialDropout2d: Convert = (given) => {
  const { rate } = optionsOf(given, SPATIAL_DROPOUT2D);
  if (given.inputs[0].shape.length === 1) return addLayer(given, "Dropout", { rate });
  if (given.dialect === "Keras") return addLayer(given, "SpatialDropout2D", { rate });
  return addLayer(given, "Dropout", { rate, noise_shape: [null, 1, 1, null] });
};

const stochasticDepth: Convert = (given) => {
  const { rate } = optionsOf(given, STOCHASTIC_DEPTH);
  return addLayer(given, "Dropout", { rate, noise_shape: [null, ...given.inputs[0].shape.map(() => 1)] });
};

/** Layers without windows by our names. */
export const PLAIN_LAYERS: Readonly<Record<string, Convert>> = {
  batchNormalization,
  layerNormalization,
  groupNormalization,
  prelu,
  zeroPadding2d,
  cropping2d,
  upSampling2d,
  flatten,
  reshape,
  permute,
  channelSlice,
  channelShuffle,
  rescaling,
  add: merging("Add"),
  average: merging("Average"),
  maximum: merging("Maximum"),
  multiply,
  subtract,
  concatenate,
  dropout: (given) => addLayer(given, "Dropout", { rate: optionsOf(given, DROPOUT).rate }),
  spatialDropout2d,
  gaussianNoise: (given) => addLayer(given, "GaussianNoise", { stddev: optionsOf(given, GAUSSIAN_NOISE).stddev }),
  stochasticDepth,
};
