/** Convolutions and matrix products as layers. */

import { conv2d } from "../../../layers/conv2d.ts";
import { conv2dTranspose } from "../../../layers/conv2d-transpose.ts";
import { dense } from "../../../layers/dense.ts";
import { depthwiseConv2d } from "../../../layers/depthwise-conv2d.ts";
import type { Padding } from "../../../layers/geometry.ts";
import type { Builder, MapNode } from "../builder.ts";
import type { Constant } from "../constant.ts";
import { alongAxis, imageOf, indexAlong, type Placed, placed, placedImage, shaped } from "../layout.ts";
import type { OpNode } from "../op-node.ts";
import { transposedOf } from "../shapes.ts";
import { type Windows, windowsOf } from "../windows.ts";

/** Height and width of a list of one or two numbers. */
export function twoOf(list: readonly number[]): readonly [height: number, width: number] {
  return list.length === 1 ? [1, list[0]] : [list[0], list[1]];
}

/** The padding of windows as layers say it. */
export function paddingOfWindows({ pads, isSame }: Pick<Windows, "pads" | "isSame">): Padding {
  if (isSame) return "same";
  const [first, second] = pads.length === 1 ? [[0, 0] as const, pads[0]] : pads;
  const [all] = first;
  if ([...first, ...second].every((value) => value === 0)) return "valid";
  return [...first, ...second].every((value) => value === all)
    ? all
    : [
        [first[0], first[1]],
        [second[0], second[1]],
      ];
}

/** The weights of a convolution with both axes of images. */
function kernelOf(node: OpNode, axes: number): Constant {
  const weights = node.constant(1);
  if (weights?.dims.length !== axes + 2) throw node.damaged(`weights of ${axes + 2} axes`, `[${node.inputs[1]?.dims}]`);
  return axes === 2 ? weights : weights.reshaped([weights.dims[0], weights.dims[1], 1, weights.dims[2]]);
}

function biasOf(node: OpNode, filters: number): Constant | undefined {
  const bias = node.constant(2);
  if (bias === undefined || bias.size === filters) return bias?.reshaped([filters]);
  throw node.damaged(`a bias of ${filters} numbers`, `[${bias.dims}]`);
}

/** A bias for each position, [filters, rows, columns] in the file. */
function untiedBiasOf(node: OpNode): Constant | undefined {
  const bias = node.constant(2);
  if (bias === undefined || bias.dims.length === 1) return undefined;
  const image = node.output.dims.slice(1);
  if (bias.dims.join() !== image.join()) throw node.damaged(`a bias of [${image}]`, `[${bias.dims}]`);
  const [filters, ...pixels] = image;
  return bias.reshaped([filters, ...twoOf(pixels)]).transposed([1, 2, 0]);
}

export const convolution: MapNode = (node, net) => {
  const value = net.of(node);
  const image = imageOf(node, value);
  const [, , channels] = image.shape;
  const kernel = kernelOf(node, value.axes.length - 1);
  const [filters, each, rows, columns] = kernel.dims;
  const groups = node.number("group", 1);
  if (each * groups !== channels || filters % groups !== 0) {
    throw node.damaged(`weights for ${channels} channels in ${groups} groups`, `[${kernel.dims}]`);
  }
  const untied = untiedBiasOf(node);
  const bias = untied ?? biasOf(node, filters);
  const windows = windowsOf(node, node.input(1).dims.slice(2));
  if (twoOf(windows.kernel).join() !== `${rows},${columns}`) {
    throw node.damaged(`kernel_shape of the weights, [${[rows, columns]}]`, `[${windows.kernel}]`);
  }
  const options = {
    kernelSize: [rows, columns] as const,
    strides: twoOf(windows.strides),
    dilationRate: twoOf(windows.dilations),
    padding: paddingOfWindows(windows),
    useBias: bias !== undefined,
    ...(untied !== undefined && { untiedBias: true }),
  };
  const biases = bias === undefined ? {} : { bias };
  if (groups === channels && groups > 1) {
    const depthMultiplier = filters / channels;
    const own = kernel.transposed([2, 3, 0, 1]).reshaped([rows, columns, channels, depthMultiplier]);
    const layer = net.layer(node, "depthwiseConv2d", { kernel: own, ...biases }, (name) =>
      depthwiseConv2d({ name, depthMultiplier, ...options }),
    );
    return placedImage(layer.apply(image), value.axes.length);
  }
  const layer = net.layer(node, "conv2d", { kernel: kernel.transposed([2, 3, 1, 0]), ...biases }, (name) =>
    conv2d({ name, filters, ...options, ...(groups > 1 && { groups }) }),
  );
  return placedImage(layer.apply(image), value.axes.length);
};

export const transposedConvolution: MapNode = (node, net) => {
  const value = net.of(node);
  const image = imageOf(node, value);
  const kernel = kernelOf(node, value.axes.length - 1);
  const groups = node.number("group", 1);
  const [channels, each, rows, columns] = kernel.dims;
  if (channels !== image.shape[2]) throw node.damaged(`weights for ${image.shape[2]} channels`, `[${kernel.dims}]`);
  const filters = each * groups;
  const bias = biasOf(node, filters);
  const { strides, dilations, pads, added } = transposedOf(node);
  // Rows that are to be cut off less than none are added, below and on the right.
  const more = added.map((value, i) => value + Math.max(0, -pads[i][1]));
  const cut = pads.map(([before, after]) => [before, Math.max(0, after)] as const);
  if (cut.some(([before]) => before < 0)) throw node.unsupported("nothing added above or on the left", `[${pads}]`);
  const [top, left] = cut.length === 1 ? [[0, 0] as const, cut[0]] : cut;
  const layer = net.layer(
    node,
    "conv2dTranspose",
    { kernel: kernel.transposed([2, 3, 1, 0]), ...(bias !== undefined && { bias }) },
    (name) =>
      conv2dTranspose({
        ...{ name, filters, kernelSize: [rows, columns], strides: twoOf(strides), dilationRate: twoOf(dilations) },
        padding: [top, left],
        outputPadding: more.length === 1 ? [0, more[0]] : [more[0], more[1]],
        useBias: bias !== undefined,
        ...(groups > 1 && { groups }),
      }),
  );
  return placedImage(layer.apply(image), value.axes.length);
};

/** A dense layer on a vector: rows of its weights follow the order in memory. */
function connected(node: OpNode, net: Builder, value: Placed, matrix: Constant, bias: Constant | undefined): Placed {
  const [inputs, units] = matrix.dims;
  const row = indexAlong(value, 0);
  const kernel = matrix.mapped([inputs, units], (data, i) => data[row(Math.floor(i / units)) * units + (i % units)]);
  const layer = net.layer(node, "dense", { kernel, ...(bias !== undefined && { bias }) }, (name) =>
    dense({ name, units, useBias: bias !== undefined }),
  );
  return placed(layer.apply(shaped(value.tensor, [inputs])), [units], [0]);
}

export const gemm: MapNode = (node, net) => {
  if (node.number("transA", 0) !== 0) throw node.unsupported("rows that are images", "transA");
  const weights = node.constant(1);
  if (weights === undefined) throw node.damaged("weights", "none");
  const turned = node.number("transB", 0) === 0 ? weights : weights.transposed([1, 0]);
  const alpha = node.number("alpha", 1);
  const beta = node.number("beta", 1);
  const units = turned.dims[1];
  const bias = node.constant(2);
  if (bias !== undefined && bias.size !== 1 && bias.size !== units) {
    throw node.unsupported(`a bias of ${units} numbers`, `[${bias.dims}]`);
  }
  const scaled = (constant: Constant, factor: number) =>
    factor === 1 ? constant : constant.mapped(constant.dims, (data, i) => data[i] * factor);
  const biases = bias?.mapped([units], (data, i) => data[bias.size === 1 ? 0 : i] * beta);
  return connected(node, net, net.of(node), scaled(turned, alpha), biases);
};

export const matrixProduct: MapNode = (node, net) => {
  const [first] = node.inputs;
  // A matrix from the left works along the last axis but one.
  const isLeft = first?.constant !== undefined;
  const value = isLeft ? net.placed(node, node.input(1)) : net.of(node);
  const matrix = isLeft ? first.constant.transposed([1, 0]) : node.constant(1);
  if (matrix === undefined) throw node.damaged("weights", "none");
  const bias = biasOf(node, matrix.dims[1]);
  const last = value.axes.length - 1;
  if (last === 0) return connected(node, net, value, matrix, bias);
  // One product for each row of an image: a convolution of single pixels.
  const { tensor, index, back } = alongAxis(node, value, isLeft ? last - 1 : last);
  const [inputs, filters] = matrix.dims;
  const kernel = matrix.mapped(
    [1, 1, inputs, filters],
    (data, i) => data[index(Math.floor(i / filters)) * filters + (i % filters)],
  );
  const layer = net.layer(node, "conv2d", { kernel, ...(bias !== undefined && { bias }) }, (name) =>
    conv2d({ name, filters, kernelSize: 1, useBias: bias !== undefined }),
  );
  const image = tensor.shape.length === 1 ? shaped(tensor, [1, 1, inputs]) : tensor;
  return back(layer.apply(image));
};
