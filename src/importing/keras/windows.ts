/**
 * Keras' convolutions, dense layers and pooling.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import type { Config } from "./config.ts";
import { addLayer, asRows, type Convert, type Given, imageInput, onlyInput, turned } from "./given.ts";
import { asLines, lineInput } from "./lines.ts";

/** Options that convolutions share. */
function windowOptions(config: Config): Record<string, Json> {
  return {
    kernelSize: config.pair("kernel_size"),
    strides: config.pair("strides", [1]),
    padding: config.text("padding", "valid"),
    dilationRate: config.pair("dilation_rate", [1]),
    useBias: config.flag("use_bias", true),
  };
}

/** Kernel [filters, channels, rows, columns] of version 1 with channels first, as [rows, columns, channels, filters]. */
function filtersLast(values: Float32Array, area: number, channels: number, filters: number): Float32Array {
  return values.map((_, index) => {
    const pixel = Math.floor(index / (channels * filters));
    const channel = Math.floor(index / filters) % channels;
    return values[((index % filters) * channels + channel) * area + pixel];
  });
}

const conv2d: Convert = (given) => {
  const { config, version, isTurned } = given;
  const ref = imageInput(given);
  const filters = config.number("filters");
  const groups = config.number("groups", 1);
  const channels = ref.tensor.shape[2] / groups;
  const [rows, columns] = config.pair("kernel_size");
  const isOld = version === 1 && config.text("data_format", "channels_last") === "channels_first";
  const convert = (values: Float32Array) => {
    const last = isOld ? filtersLast(values, rows * columns, channels, filters) : values;
    return isTurned ? turned(last, rows * columns) : last;
  };
  const kernel = { convert, ...(isOld && { shape: [filters, channels, rows, columns] }) };
  const options = { filters, ...windowOptions(config), groups };
  return addLayer(given, "conv2d", options, { inputs: [ref], parameters: { kernel } });
};

const conv2dTranspose: Convert = (given) => {
  const { config, isTurned } = given;
  config.expect("groups", (groups) => groups === 1, "1");
  const outputPadding = config.has("output_padding") ? { outputPadding: config.pair("output_padding") } : {};
  const options = { filters: config.number("filters"), ...windowOptions(config), ...outputPadding };
  const [rows, columns] = config.pair("kernel_size");
  const kernel = { convert: (values: Float32Array) => (isTurned ? turned(values, rows * columns) : values) };
  return addLayer(given, "conv2dTranspose", options, { inputs: [imageInput(given)], parameters: { kernel } });
};

/** The shape that a kernel of each channel's filters has in Keras. */
function depthwiseShape(given: Given, channels: number) {
  const [rows, columns] = given.config.pair("kernel_size");
  return [rows, columns, channels, given.config.number("depth_multiplier", 1)];
}

const depthwiseConv2d: Convert = (given) => {
  const { config } = given;
  const ref = imageInput(given);
  const shape = depthwiseShape(given, ref.tensor.shape[2]);
  const options = { depthMultiplier: config.number("depth_multiplier", 1), ...windowOptions(config) };
  // Version 3 calls it a kernel, older ones the depthwise kernel.
  const kernel = { name: given.version < 3 ? "depthwise_kernel" : "kernel", shape };
  return addLayer(given, "depthwiseConv2d", options, { inputs: [ref], parameters: { kernel } });
};

const separableConv2d: Convert = (given) => {
  const { config } = given;
  const ref = imageInput(given);
  const options = {
    filters: config.number("filters"),
    depthMultiplier: config.number("depth_multiplier", 1),
    ...windowOptions(config),
  };
  const depthwiseKernel = { shape: depthwiseShape(given, ref.tensor.shape[2]) };
  return addLayer(given, "separableConv2d", options, { inputs: [ref], parameters: { depthwiseKernel } });
};

/** A dense layer works on the last axis: on images and lines it is a convolution of single pixels. */
const dense: Convert = (given) => {
  const { config } = given;
  const ref = asRows(given, onlyInput(given));
  const { shape } = ref.tensor;
  const options = { useBias: config.flag("use_bias", true) };
  const units = config.number("units");
  if (shape.length === 1) return addLayer(given, "dense", { units, ...options }, { inputs: [ref] });
  const isLines = shape.length === 2;
  const output = addLayer(
    given,
    "conv2d",
    { filters: units, kernelSize: 1, ...options },
    { inputs: [isLines ? lineInput(given) : ref], parameters: { kernel: { shape: [shape[shape.length - 1], units] } } },
  );
  return isLines ? asLines(given, output) : output;
};

function pooling(type: string): Convert {
  return (given) => {
    const { config } = given;
    const poolSize = config.pair("pool_size", [2]);
    const options = { poolSize, strides: config.pair("strides", poolSize), padding: config.text("padding", "valid") };
    return addLayer(given, type, options, { inputs: [imageInput(given)] });
  };
}

function globalPooling(type: string): Convert {
  return (given) => {
    const { config, draft, name } = given;
    const ref = imageInput(given);
    const output = { ...addLayer(given, type, {}, { inputs: [ref] }), planes: false };
    if (!config.flag("keepdims", false)) return output;
    const targetShape = [1, 1, output.tensor.shape[0]];
    return { ...draft.add("reshape", `${name}_keepdims`, { targetShape }, [output]).output, planes: ref.planes };
  };
}

const adaptiveAveragePooling2d: Convert = (given) =>
  addLayer(
    given,
    "adaptiveAveragePooling2d",
    { outputSize: given.config.pair("output_size") },
    { inputs: [imageInput(given)] },
  );

/** Layers with windows, by Keras' names. */
export const WINDOW_LAYERS: Readonly<Record<string, Convert>> = {
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Dense: dense,
  MaxPooling2D: pooling("maxPooling2d"),
  AveragePooling2D: pooling("averagePooling2d"),
  GlobalAveragePooling2D: globalPooling("globalAveragePooling2d"),
  GlobalMaxPooling2D: globalPooling("globalMaxPooling2d"),
  AdaptiveAveragePooling2D: adaptiveAveragePooling2d,
};
