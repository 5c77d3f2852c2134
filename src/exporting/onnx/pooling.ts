import type { Node } from "../../graph/graph.ts";
import { ADAPTIVE_AVERAGE_POOLING2D } from "../../layers/adaptive-average-pooling2d.ts";
import { AVERAGE_POOLING2D } from "../../layers/average-pooling2d.ts";
import { type PoolGeometry, poolGeometry } from "../../layers/geometry.ts";
import { MAX_POOLING2D } from "../../layers/max-pooling2d.ts";
import { poolWindows } from "../../layers/pool-options.ts";
import type { Shape } from "../../layers/shape.ts";
import { windowMeans } from "../../numeric/window-means.ts";
import { optionsOf } from "../layer-options.ts";
import { withWholeWindows } from "../whole-windows.ts";
import { windowAttributes } from "./convolution.ts";
import type { OnnxNetwork, Value, WriteNode } from "./onnx-network.ts";

/** The version of ONNX' operators whose AveragePool takes dilations. */
const DILATED_AVERAGES = 19;

/** Values below all others, which padding before a maximum has. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

/** Puts rows and columns of one value around an image. */
export function padded(
  net: OnnxNetwork,
  node: Node,
  input: string,
  { padTop, padLeft, padBottom, padRight }: Pick<PoolGeometry, "padTop" | "padLeft" | "padBottom" | "padRight">,
  value = 0,
): string {
  const pads = net.wholes(node.path, "pads", [0, 0, padTop, padLeft, 0, 0, padBottom, padRight]);
  return net.node(node.path, "Pad", [input, pads, net.floats(node.path, "value", [], [value])]);
}

const NO_PADDING = { padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 };

/** Writes `maxPooling2d`. */
export const writeMaxPooling2d: WriteNode = (net, node, [input]) => {
  const [h, w] = input.shape;
  const geometry = withWholeWindows(poolGeometry(poolWindows(optionsOf(node, MAX_POOLING2D))(h, w, node.path)));
  const { padTop, padBottom, padLeft, padRight, r, s } = geometry;
  // Runtimes want less padding than a window has taps, which dilated windows need not have.
  const isApart = Math.max(padTop, padBottom) >= r || Math.max(padLeft, padRight) >= s;
  const image = isApart ? padded(net, node, input.name, geometry, LOWEST) : input.name;
  const name = net.node(node.path, "MaxPool", [image], {
    ...windowAttributes(isApart ? { ...geometry, ...NO_PADDING } : geometry),
    dilations: { ints: [geometry.dilationH, geometry.dilationW] },
  });
  return { name, shape: node.output.shape };
};

/** Writes `averagePooling2d`. Where padding counts it is put around the image before, but not what only completes windows. */
export const writeAveragePooling2d: WriteNode = (net, node, [input]) => {
  const options = optionsOf(node, AVERAGE_POOLING2D);
  const [h, w] = input.shape;
  const own = poolGeometry(poolWindows(options)(h, w, node.path));
  const hasPadding = own.padTop + own.padBottom + own.padLeft + own.padRight > 0;
  if (!options.countIncludePad || !hasPadding) return averages(net, node, input.name, own);
  const image = padded(net, node, input.name, own);
  const [height, width] = [own.h + own.padTop + own.padBottom, own.w + own.padLeft + own.padRight];
  return averages(net, node, image, { ...own, ...NO_PADDING, h: height, w: width });
};

function averages(net: OnnxNetwork, node: Node, image: string, own: PoolGeometry): Value {
  const geometry = withWholeWindows(own);
  const isDilated = geometry.dilationH > 1 || geometry.dilationW > 1;
  if (isDilated) net.opset = Math.max(net.opset, DILATED_AVERAGES);
  const name = net.node(node.path, "AveragePool", [image], {
    ...windowAttributes(geometry),
    ...(isDilated && { dilations: { ints: [geometry.dilationH, geometry.dilationW] } }),
  });
  return { name, shape: node.output.shape };
}

/** Writes a pooling layer over whole images. */
export function writeGlobalPooling(op: "GlobalAveragePool" | "GlobalMaxPool"): WriteNode {
  return (net, node, [input]) => {
    const pixel = net.node(node.path, op, [input.name]);
    return { name: net.node(node.path, "Flatten", [pixel], { axis: { int: 1 } }), shape: node.output.shape };
  };
}

/** Writes `adaptiveAveragePooling2d`: windows of one size where the sizes divide, else products with a matrix for rows and one for columns. */
export const writeAdaptiveAveragePooling2d: WriteNode = (net, node, [input]) => {
  const [p, q] = optionsOf(node, ADAPTIVE_AVERAGE_POOLING2D).outputSize;
  const [h, w] = input.shape;
  const { shape } = node.output;
  if (h % p === 0 && w % q === 0) {
    const window = { kernel_shape: { ints: [h / p, w / q] }, strides: { ints: [h / p, w / q] } };
    return { name: net.node(node.path, "AveragePool", [input.name], window), shape };
  }
  const rows = net.floats(node.path, "rows", [p, h], windowMeans(h, p));
  const columns = net.floats(node.path, "columns", [w, q], transposed(windowMeans(w, q), [q, w]));
  const ofRows = net.node(node.path, "MatMul", [rows, input.name]);
  return { name: net.node(node.path, "MatMul", [ofRows, columns]), shape };
};

function transposed(matrix: Float32Array, [rows, columns]: Shape): Float32Array {
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}
