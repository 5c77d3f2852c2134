/**
 * Our convolutions and dense layers as Keras' layers.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import { CONV2D } from "../../layers/conv2d.ts";
import { CONV2D_TRANSPOSE } from "../../layers/conv2d-transpose.ts";
import { DENSE } from "../../layers/dense.ts";
import { DEPTHWISE_CONV2D } from "../../layers/depthwise-conv2d.ts";
import { convolutionGeometry, type Padding } from "../../layers/geometry.ts";
import { SEPARABLE_CONV2D } from "../../layers/separable-conv2d.ts";
import { imageShape, type Shape } from "../../layers/shape.ts";
import { addHelper, addLayer, type Convert, type Given, optionsOf, refused } from "./given.ts";
import type { KerasConfig, KerasLayer } from "./keras-network.ts";

type Pair = readonly [height: number, width: number];

/** Options of a window that all convolutions have. */
interface WindowValues {
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly dilationRate: Pair;
  readonly useBias: boolean;
}

/** A window as Keras has it: what is done before it and after it, and its options. */
interface Window {
  readonly input: KerasLayer;
  readonly config: KerasConfig;
  /** Shape of the output, channels aside. */
  readonly size: Pair;
  /** Strides that are left to take afterwards. */
  readonly skip: Pair | undefined;
}

/**
 * Keras pads as "same" or not at all, and takes either strides or dilation: zeros around the image, and pixels that are left out, are
 * layers of their own.
 *
 * @param isSquare true for layers that take the same strides down and across alone
 */
function windowOf(given: Given, values: WindowValues, isSquare: boolean): Window {
  const { kernelSize: kernel, strides, padding, dilationRate: dilation, useBias } = values;
  const [input] = given.inputs;
  const [h, w, c] = imageShape(input.shape, given.node.path);
  const d = convolutionGeometry({ name: given.node.path, h, w, kernel, strides, padding, dilation });
  const isStrided = Math.max(d.strideH, d.strideW) > 1;
  const isDilated = Math.max(d.dilationH, d.dilationW) > 1;
  const skips = isStrided && (isDilated || (isSquare && d.strideH !== d.strideW));
  const shared = { kernel_size: [...kernel], dilation_rate: [d.dilationH, d.dilationW], use_bias: useBias };
  if (padding === "same" && !skips) {
    const config = { ...shared, strides: [...strides], padding: "same" };
    return { input, config, size: [d.p, d.q], skip: undefined };
  }
  const sides = [
    [d.padTop, d.padBottom],
    [d.padLeft, d.padRight],
  ];
  const isPadded = sides.flat().some((side) => side > 0);
  const padded = isPadded
    ? addHelper(given, "ZeroPadding2D", "padding", { padding: sides }, [input], [d.hp, d.wp, c])
    : input;
  const size: Pair = skips ? [d.hp - (d.r - 1) * d.dilationH, d.wp - (d.s - 1) * d.dilationW] : [d.p, d.q];
  const config = { ...shared, strides: skips ? [1, 1] : [d.strideH, d.strideW], padding: "valid" };
  return { input: padded, config, size, skip: skips ? [d.strideH, d.strideW] : undefined };
}

/** Adds a layer that takes every `skip`-th row and column, for strides that a Keras layer cannot take. */
function skipped(given: Given, layer: KerasLayer, skip: Pair | undefined): KerasLayer {
  if (skip === undefined) return layer;
  const config = { pool_size: [1, 1], strides: [...skip], padding: "valid" };
  return addHelper(given, "MaxPooling2D", "strides", config, [layer], given.node.output.shape);
}

function expectShared(given: Given, untiedBias: boolean): void {
  if (untiedBias) throw refused(given, "a bias for each position (untiedBias)", "one for each filter");
}

/** A convolution of each channel by itself. */
function depthwise(given: Given, values: WindowValues, multiplier: number): KerasLayer {
  const { input, config, size, skip } = windowOf(given, values, true);
  if (skip !== undefined && given.dialect !== "Keras") {
    throw refused(given, `strides ${skip} of a dilated window, or two of them`, "strides alike and dilationRate 1");
  }
  const [rows, columns] = values.kernelSize;
  const c = input.shape[2];
  const names = given.dialect === "Keras" ? {} : { kernel: "depthwise_kernel" };
  const options = { ...config, depth_multiplier: multiplier };
  const shapes = { kernel: [rows, columns, c, multiplier] };
  const others = { inputs: [input], shape: [...size, c * multiplier], shapes, names };
  return skipped(given, addLayer(given, "DepthwiseConv2D", options, others), skip);
}

const conv2d: Convert = (given) => {
  const { filters, groups, untiedBias, ...values } = optionsOf(given, CONV2D);
  expectShared(given, untiedBias);
  const c = given.inputs[0].shape[2];
  if (groups > 1 && groups === c) return depthwise(given, values, filters / c);
  if (groups > 1 && given.dialect !== "Keras") {
    throw refused(given, `${groups} groups`, "1 group, or as many as channels");
  }
  const { input, config, size, skip } = windowOf(given, values, false);
  const options: KerasConfig = { filters, ...config, ...(groups > 1 && { groups }) };
  return skipped(given, addLayer(given, "Conv2D", options, { inputs: [input], shape: [...size, filters] }), skip);
};

const depthwiseConv2d: Convert = (given) => {
  const { depthMultiplier, untiedBias, ...values } = optionsOf(given, DEPTHWISE_CONV2D);
  expectShared(given, untiedBias);
  return depthwise(given, values, depthMultiplier);
};

const separableConv2d: Convert = (given) => {
  const { filters, depthMultiplier, ...values } = optionsOf(given, SEPARABLE_CONV2D);
  const { input, config, size, skip } = windowOf(given, values, true);
  const [rows, columns] = values.kernelSize;
  const shapes = { depthwiseKernel: [rows, columns, input.shape[2], depthMultiplier] };
  const options = { filters, ...config, depth_multiplier: depthMultiplier };
  const others = { inputs: [input], shape: [...size, filters], shapes };
  return skipped(given, addLayer(given, "SeparableConv2D", options, others), skip);
};

/** Numbers as padding are rows and columns that are cut off the whole output. */
const conv2dTranspose: Convert = (given) => {
  const { filters, groups, kernelSize, strides, padding, dilationRate, outputPadding, useBias } = optionsOf(
    given,
    CONV2D_TRANSPOSE,
  );
  if (groups > 1) throw refused(given, `${groups} groups`, "1 group");
  const isDilated = Math.max(...dilationRate) > 1;
  if (isDilated && (given.dialect !== "Keras" || Math.max(...strides) > 1)) {
    throw refused(given, `dilationRate ${dilationRate} of a transposed convolution`, "1");
  }
  if (outputPadding !== undefined && given.dialect !== "Keras") {
    throw refused(given, "outputPadding", 'padding "same" without it');
  }
  const config: KerasConfig = {
    filters,
    kernel_size: [...kernelSize],
    strides: [...strides],
    use_bias: useBias,
    ...(isDilated && { dilation_rate: [...dilationRate] }),
  };
  const output = given.node.output.shape;
  const more: Json = outputPadding === undefined ? null : [...outputPadding];
  if (padding === "same" || padding === "valid") {
    return addLayer(given, "Conv2DTranspose", { ...config, padding, ...(more !== null && { output_padding: more }) });
  }
  const [top, left] = Array.isArray(padding)
    ? padding.map((side) => (Array.isArray(side) ? side[0] : side))
    : [padding, padding];
  const [h, w] = given.inputs[0].shape;
  const whole = [h, w].map((size, i) => {
    const extent = (kernelSize[i] - 1) * dilationRate[i] + 1;
    return (size - 1) * strides[i] + Math.max(extent, strides[i]);
  });
  const after = [whole[0] - top - output[0], whole[1] - left - output[1]];
  // What output padding adds beyond the whole output is there once it is added to that.
  const missing = after.map((side) => Math.max(0, -side));
  const hasMore = missing.some((side) => side > 0);
  if (hasMore) throw refused(given, "outputPadding beyond the padding", 'padding "same" with it');
  const shape: Shape = [...whole, filters];
  const full = addLayer(given, "Conv2DTranspose", { ...config, padding: "valid" }, { shape });
  const cropping = [
    [top, after[0]],
    [left, after[1]],
  ];
  if (cropping.flat().every((side) => side === 0)) return full;
  return addHelper(given, "Cropping2D", "cropped", { cropping }, [full], output);
};

const dense: Convert = (given) => {
  const { units, useBias } = optionsOf(given, DENSE);
  return addLayer(given, "Dense", { units, use_bias: useBias });
};

/** Convolutions and dense layers by our names. */
export const WINDOW_LAYERS: Readonly<Record<string, Convert>> = {
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  conv2dTranspose,
  dense,
};
