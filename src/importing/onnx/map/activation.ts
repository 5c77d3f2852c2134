/** Functions of single elements, and softmax, as layers. */

import { leakyRelu, relu, sigmoid, tanh } from "../../../layers/activation.ts";
import { hardSigmoid, hardSwish } from "../../../layers/hard-activation.ts";
import type { Layer } from "../../../layers/layer.ts";
import { prelu } from "../../../layers/prelu.ts";
import { rescaling } from "../../../layers/rescaling.ts";
import { elu, gelu, mish, SELU_DEPTH, SELU_SLOPE, selu, silu, softplus } from "../../../layers/smooth-activation.ts";
import { softmax } from "../../../layers/softmax.ts";
import type { MapNode } from "../builder.ts";
import { broadcast, type Constant } from "../constant.ts";
import { alongAxis, arranged, dimsOf, inPlaceOf, memoryOrder, placed, regrouped } from "../layout.ts";
import type { OpNode } from "../op-node.ts";

const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-5 * Math.abs(b);

/** The layers that do the work of an operator, one after the other. */
const LAYERS: Readonly<Record<string, (node: OpNode) => readonly Layer[]>> = {
  Relu: () => [relu()],
  LeakyRelu: (node) => [leakyRelu({ negativeSlope: node.number("alpha", 0.01) })],
  Sigmoid: () => [sigmoid()],
  Tanh: () => [tanh()],
  Elu: (node) => [elu({ alpha: node.number("alpha", 1) })],
  Selu: (node) => {
    const [alpha, gamma] = [node.number("alpha", SELU_DEPTH / SELU_SLOPE), node.number("gamma", SELU_SLOPE)];
    if (isNear(gamma, SELU_SLOPE) && isNear(alpha * gamma, SELU_DEPTH)) return [selu()];
    return [elu({ alpha }), rescaling({ scale: gamma })];
  },
  Celu: (node) => {
    const alpha = node.number("alpha", 1);
    if (alpha === 1) return [elu()];
    return [rescaling({ scale: 1 / alpha }), elu(), rescaling({ scale: alpha })];
  },
  Softplus: () => [softplus()],
  HardSigmoid: (node) => {
    const [scale, offset] = [node.number("alpha", 0.2), node.number("beta", 0.5)];
    if (isNear(scale, 1 / 6) && isNear(offset, 0.5)) return [hardSigmoid()];
    return [rescaling({ scale, offset }), relu({ maxValue: 1 })];
  },
  HardSwish: () => [hardSwish()],
  Gelu: (node) => [gelu({ approximate: node.text("approximate", "none") === "tanh" })],
  Mish: () => [mish()],
  Swish: (node) => {
    const alpha = node.number("alpha", 1);
    if (alpha === 1) return [silu()];
    return [rescaling({ scale: alpha }), silu(), rescaling({ scale: 1 / alpha })];
  },
  Clip: (node) => clip(node.scalar("min", 1) ?? LOWEST, node.scalar("max", 2) ?? -LOWEST),
  Rescale: (node) => [rescaling({ scale: node.number("scale", 1), offset: node.number("offset", 0) })],
};

/** Bound below which a minimum counts as none: programs write the lowest float32 number for no bound. */
const LOWEST = -3.4028e38;

/** Layers that keep numbers within bounds. */
function clip(least: number, most: number): readonly Layer[] {
  const [isBelow, isAbove] = [least > LOWEST, most < -LOWEST];
  if (!isBelow && !isAbove) return [];
  // The least of x and a bound is the bound less what is above zero of their difference.
  if (!isBelow) return [rescaling({ scale: -1, offset: most }), relu(), rescaling({ scale: -1, offset: most })];
  if (most <= least) return [rescaling({ scale: 0, offset: most })];
  const bounded = relu(isAbove ? { maxValue: most - least } : {});
  return least === 0
    ? [bounded]
    : [rescaling({ scale: 1, offset: -least }), bounded, rescaling({ scale: 1, offset: least })];
}

/** Operators that are a function of each element. */
export const ELEMENTWISE_MAPS: Readonly<Record<string, MapNode>> = Object.fromEntries(
  Object.entries(LAYERS).map(([op, layersOf]): [string, MapNode] => [
    op,
    (node, net) => {
      const value = net.of(node);
      return inPlaceOf(
        value,
        layersOf(node).reduce((tensor, layer) => layer.apply(tensor), value.tensor),
      );
    },
  ]),
);

/** PRelu: a factor for all, for each place along some axes, or for each channel. */
export const parametricRelu: MapNode = (node, net) => {
  const value = net.of(node);
  const slope = node.constant(1);
  const dims = dimsOf(value);
  const own = slope === undefined ? undefined : slopeDims(slope, dims);
  if (slope === undefined || own === undefined) {
    throw node.unsupported(`slopes that one image can have, at most [${dims}]`, `[${slope?.dims}]`);
  }
  const order = memoryOrder(value);
  if (order.length > 3) throw node.unsupported("images of one or two axes and channels", `${order.length} axes`);
  const groups = order.map((axis) => [axis]);
  const tensor = arranged(node, value, groups);
  const alpha = slope.reshaped(own).transposed(order);
  const sharedAxes = alpha.dims.flatMap((extent, axis) => (extent === 1 ? [axis + 1] : []));
  const layer = net.layer(node, "prelu", { alpha }, (name) =>
    prelu({ name, ...(sharedAxes.length > 0 && { sharedAxes }) }),
  );
  return placed(layer.apply(tensor), dims, order);
};

/** The shape of slopes with an axis for each of an image's; undefined where they do not fit. Lists of the channels' number go along those. */
function slopeDims({ dims: given, size }: Constant, image: readonly number[]): readonly number[] | undefined {
  const own = given.length === image.length + 1 && given[0] === 1 ? given.slice(1) : given;
  if (broadcast(own, image)?.join() === image.join()) return [...ones(image.length - own.length), ...own];
  return size === image[0] ? [size, ...ones(image.length - 1)] : undefined;
}

const ones = (count: number) => new Array<number>(count).fill(1);

export const softmaxOf: MapNode = (node, net) => {
  const value = net.of(node);
  const dims = dimsOf(value);
  const isOld = node.opset < 13;
  const axis = node.axis(node.number("axis", isOld ? 1 : -1), dims.length + 1) - 1;
  if (axis < 0) throw node.unsupported("an axis of single images", "the batch");
  if (!isOld || axis === dims.length - 1) {
    const { tensor, back } = alongAxis(node, value, axis);
    return back(softmax().apply(tensor));
  }
  // Older versions take all axes from this one on as one.
  const flat = regrouped(node, value, [...dims.slice(0, axis), dims.slice(axis).reduce((a, b) => a * b, 1)]);
  const { tensor, back } = alongAxis(node, flat, axis);
  return regrouped(node, back(softmax().apply(tensor)), dims);
};
