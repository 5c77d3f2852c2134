/** Pooling, and means and maxima over whole axes, as layers. */

import { adaptiveAveragePooling2d } from "../../../layers/adaptive-average-pooling2d.ts";
import { averagePooling2d } from "../../../layers/average-pooling2d.ts";
import { globalAveragePooling2d } from "../../../layers/global-average-pooling2d.ts";
import { globalMaxPooling2d } from "../../../layers/global-max-pooling2d.ts";
import type { Layer } from "../../../layers/layer.ts";
import { maxPooling2d } from "../../../layers/max-pooling2d.ts";
import type { MapNode } from "../builder.ts";
import { arranged, imageOf, type Placed, placedImage } from "../layout.ts";
import type { OpNode } from "../op-node.ts";
import { reducedAxes } from "../shapes.ts";
import { windowsOf } from "../windows.ts";
import { paddingOfWindows, twoOf } from "./convolution.ts";

const MAKE = { max: maxPooling2d, average: averagePooling2d };

/** Pooling by windows. */
export function pooling(kind: keyof typeof MAKE): MapNode {
  return (node, net) => {
    const value = net.of(node);
    const windows = windowsOf(node, 1);
    const layer = MAKE[kind]({
      poolSize: twoOf(windows.kernel),
      strides: twoOf(windows.strides),
      padding: paddingOfWindows(windows),
      ...(windows.dilations.some((rate) => rate > 1) && { dilationRate: twoOf(windows.dilations) }),
      ...(windows.isCeil && { ceilMode: true }),
      ...(kind === "average" && node.number("count_include_pad", 0) !== 0 && { countIncludePad: true }),
    });
    return placedImage(layer.apply(imageOf(node, value)), value.axes.length);
  };
}

/** Means of windows that share rows or columns. */
export const adaptivePooling: MapNode = (node, net) => {
  const value = net.of(node);
  const outputSize = twoOf(node.output.dims.slice(2));
  return placedImage(adaptiveAveragePooling2d({ outputSize }).apply(imageOf(node, value)), value.axes.length);
};

const GLOBAL: Readonly<Record<keyof typeof MAKE, () => Layer>> = {
  max: globalMaxPooling2d,
  average: globalAveragePooling2d,
};

/** Pooling of all that comes after the channels. */
export function globalPooling(kind: keyof typeof MAKE): MapNode {
  return (node, net) => {
    const value = net.of(node);
    const axes = value.axes.flatMap((_, axis) => (axis > 0 ? [axis] : []));
    return overAxes(node, value, axes, true, GLOBAL[kind]());
  };
}

/** A reduction over axes that are named. */
export function reduction(kind: keyof typeof MAKE): MapNode {
  return (node, net) => {
    const axes = reducedAxes(node).map((axis) => axis - 1);
    if (axes.includes(-1)) throw node.unsupported("axes of single images", "the batch");
    const value = net.of(node);
    return axes.length === 0 ? value : overAxes(node, value, axes, node.number("keepdims", 1) !== 0, GLOBAL[kind]());
  };
}

function overAxes(node: OpNode, value: Placed, axes: readonly number[], keeps: boolean, layer: Layer): Placed {
  const isKept = (axis: number) => !axes.includes(axis);
  const atoms = value.axes.filter((_, axis) => isKept(axis)).flat();
  const kept = value.stored.filter((atom) => atoms.includes(atom));
  const others = value.stored.filter((atom) => !atoms.includes(atom));
  const left = value.axes.flatMap((own, axis) => (isKept(axis) ? [own] : keeps ? [[]] : []));
  // The order within the axes that go does not matter.
  const over = isImageOf(value, kept)
    ? value.tensor
    : arranged(node, { ...value, axes: [others, kept] }, [[0], [], [1]]);
  return { tensor: layer.apply(over), axes: left, stored: kept };
}

/** True for an image whose channels are these factors already. */
function isImageOf({ tensor, stored }: Placed, channels: Placed["stored"]): boolean {
  const extent = channels.reduce((product, atom) => product * atom.extent, 1);
  const last = stored.slice(stored.length - channels.length);
  return tensor.shape.length === 3 && tensor.shape[2] === extent && last.every((atom, i) => atom === channels[i]);
}
