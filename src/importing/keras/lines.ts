/**
 * Keras' layers of one axis and channels, [steps, channels]: as those of images of one row.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import type { Ref } from "../draft.ts";
import type { Config } from "./config.ts";
import { addLayer, asRows, type Convert, type Differences, type Given, onlyInput, turned } from "./given.ts";

/** Lines as an image of one row. */
export function lineInput(given: Given): Ref {
  const ref = asRows(given, onlyInput(given));
  const { shape } = ref.tensor;
  if (shape.length !== 2) throw given.config.wrongInput("lines, [steps, channels]", shape);
  given.config.expect("data_format", (format) => format === "channels_last", "channels_last");
  return given.draft.reshaped(`${given.name}_row`, ref, [1, ...shape]);
}

/** An image of one row as lines. */
export function asLines({ draft, name }: Given, row: Ref): Ref {
  const [, steps, channels] = row.tensor.shape;
  return draft.reshaped(`${name}_lines`, row, [steps, channels]);
}

/** One number of a configuration, which may stand in a list. */
function single(config: Config, key: string, otherwise?: readonly number[]): number {
  const list = config.numbers(key, otherwise);
  if (list.length !== 1) throw config.wrong(key, "one number");
  return list[0];
}

/** Options of windows of one row. */
function windowOptions(config: Config): Record<string, Json> {
  const [size, rate] = [single(config, "kernel_size"), single(config, "dilation_rate", [1])];
  const padding = config.text("padding", "valid");
  return {
    kernelSize: [1, size],
    strides: [1, single(config, "strides", [1])],
    // Causal windows see nothing of what comes after.
    padding:
      padding === "causal"
        ? [
            [0, 0],
            [(size - 1) * rate, 0],
          ]
        : padding,
    dilationRate: [1, rate],
    useBias: config.flag("use_bias", true),
  };
}

/** A layer of one row in place of one of lines. */
function ofRow(given: Given, type: string, options: Readonly<Record<string, Json>>, others: Differences = {}): Ref {
  return asLines(given, addLayer(given, type, options, { ...others, inputs: [lineInput(given)] }));
}

const channelsOf = (given: Given) => onlyInput(given).tensor.shape[1];

const conv1d: Convert = (given) => {
  const { config, version, isTurned } = given;
  const [filters, groups] = [config.number("filters"), config.number("groups", 1)];
  const size = single(config, "kernel_size");
  const channels = channelsOf(given) / groups;
  // Version 1 has a second axis.
  const shape = version === 1 ? [size, 1, channels, filters] : [size, channels, filters];
  const convert = (values: Float32Array) => (isTurned ? turned(values, size) : values);
  const options = { filters, ...windowOptions(config), groups };
  return ofRow(given, "conv2d", options, { parameters: { kernel: { shape, convert } } });
};

const conv1dTranspose: Convert = (given) => {
  const { config } = given;
  config.expect("groups", (groups) => groups === 1, "1");
  const filters = config.number("filters");
  const shape = [single(config, "kernel_size"), filters, channelsOf(given)];
  const added = config.has("output_padding") ? { outputPadding: [0, single(config, "output_padding")] } : {};
  const options = { filters, ...windowOptions(config), ...added };
  return ofRow(given, "conv2dTranspose", options, { parameters: { kernel: { shape } } });
};

const depthwiseConv1d: Convert = (given) => {
  const { config, version } = given;
  const depthMultiplier = config.number("depth_multiplier", 1);
  const shape = [single(config, "kernel_size"), channelsOf(given), depthMultiplier];
  const kernel = { name: version < 3 ? "depthwise_kernel" : "kernel", shape };
  return ofRow(given, "depthwiseConv2d", { depthMultiplier, ...windowOptions(config) }, { parameters: { kernel } });
};

const separableConv1d: Convert = (given) => {
  const { config } = given;
  const [filters, depthMultiplier] = [config.number("filters"), config.number("depth_multiplier", 1)];
  const channels = channelsOf(given);
  const parameters = {
    depthwiseKernel: { shape: [single(config, "kernel_size"), channels, depthMultiplier] },
    pointwiseKernel: { shape: [1, channels * depthMultiplier, filters] },
  };
  return ofRow(given, "separableConv2d", { filters, depthMultiplier, ...windowOptions(config) }, { parameters });
};

function pooling(type: string): Convert {
  return (given) => {
    const { config } = given;
    const size = single(config, "pool_size", [2]);
    const strides = [1, single(config, "strides", [size])];
    return ofRow(given, type, { poolSize: [1, size], strides, padding: config.text("padding", "valid") });
  };
}

function globalPooling(type: string): Convert {
  return (given) => {
    const { config, draft, name } = given;
    const output = addLayer(given, type, {}, { inputs: [lineInput(given)] });
    const keeps = config.flag("keepdims", false);
    return keeps ? draft.reshaped(`${name}_keepdims`, output, [1, output.tensor.shape[0]]) : output;
  };
}

/** One number for both ends, or one for each. */
function ends(config: Config, key: string): Json {
  const [first, last = first] = config.numbers(key, [1]);
  return [
    [0, 0],
    [first, last],
  ];
}

/** Layers of one axis, by Keras' names. */
export const LINE_LAYERS: Readonly<Record<string, Convert>> = {
  Conv1D: conv1d,
  Conv1DTranspose: conv1dTranspose,
  DepthwiseConv1D: depthwiseConv1d,
  SeparableConv1D: separableConv1d,
  MaxPooling1D: pooling("maxPooling2d"),
  AveragePooling1D: pooling("averagePooling2d"),
  GlobalAveragePooling1D: globalPooling("globalAveragePooling2d"),
  GlobalMaxPooling1D: globalPooling("globalMaxPooling2d"),
  AdaptiveAveragePooling1D: (given) =>
    ofRow(given, "adaptiveAveragePooling2d", { outputSize: [1, single(given.config, "output_size")] }),
  ZeroPadding1D: (given) => ofRow(given, "zeroPadding2d", { padding: ends(given.config, "padding") }),
  Cropping1D: (given) => ofRow(given, "cropping2d", { cropping: ends(given.config, "cropping") }),
  UpSampling1D: (given) => ofRow(given, "upSampling2d", { size: [1, single(given.config, "size", [2])] }),
  SpatialDropout1D: (given) => ofRow(given, "spatialDropout2d", { rate: given.config.number("rate") }),
};
