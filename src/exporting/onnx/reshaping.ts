import { CHANNEL_SHUFFLE } from "../../layers/channel-shuffle.ts";
import { CHANNEL_SLICE } from "../../layers/channel-slice.ts";
import { CROPPING2D } from "../../layers/cropping2d.ts";
import { paddingOf } from "../../layers/geometry.ts";
import { PERMUTE } from "../../layers/permute.ts";
import { sizeOf } from "../../layers/shape.ts";
import { UP_SAMPLING2D } from "../../layers/up-sampling2d.ts";
import { ZERO_PADDING2D } from "../../layers/zero-padding2d.ts";
import { optionsOf } from "../layer-options.ts";
import type { Value, WriteNode } from "./onnx-network.ts";
import { padded } from "./pooling.ts";

/** Writes `flatten` and `reshape`. A flattened image stays channel by channel: who takes it knows. */
export const writeReshape: WriteNode = (net, node, [input]): Value => {
  const { shape } = node.output;
  if (input.shape.length === 3 && shape.length === 1) {
    const name = net.node(node.path, "Flatten", [input.name], { axis: { int: 1 } });
    const isSingle = sizeOf(input.shape) === input.shape[2];
    return { name, shape, ...(!isSingle && { image: input.shape }) };
  }
  if (input.image !== undefined && shape.join() === input.image.join()) {
    const [h, w, c] = shape;
    return { name: net.reshaped(node.path, input.name, [c, h, w]), shape };
  }
  return net.fromOurs(node.path, net.reshaped(node.path, net.ours(node.path, input), shape), shape);
};

/** Index of the axis in ONNX (batch, channels, height, width) for height, width and channels. */
const AXES = [2, 3, 1];

/** Writes `permute`. */
export const writePermute: WriteNode = (net, node, [given]) => {
  const input = net.plain(node.path, given);
  const { dims } = optionsOf(node, PERMUTE);
  const perm = dims.length === 3 ? [0, ...[2, 0, 1].map((axis) => AXES[dims[axis] - 1])] : [0, ...dims];
  return { name: net.transposed(node.path, input.name, perm), shape: node.output.shape };
};

/** Writes `channelSlice`. */
export const writeChannelSlice: WriteNode = (net, node, [given]) => {
  const input = net.plain(node.path, given);
  const { start } = optionsOf(node, CHANNEL_SLICE);
  const { shape } = node.output;
  const count = shape.at(-1) ?? 1;
  const axis = shape.length === 3 ? 1 : shape.length;
  const lists = { starts: [start], ends: [start + count], axes: [axis] };
  const inputs = Object.entries(lists).map(([name, values]) => net.wholes(node.path, name, values));
  return { name: net.node(node.path, "Slice", [input.name, ...inputs]), shape };
};

/** Writes `channelShuffle`: channels as a matrix, turned round. */
export const writeChannelShuffle: WriteNode = (net, node, [given]) => {
  const input = net.plain(node.path, given);
  const { groups } = optionsOf(node, CHANNEL_SHUFFLE);
  const { shape } = input;
  const channels = shape.at(-1) ?? 1;
  const parts = [groups, channels / groups];
  const [before, after] = shape.length === 3 ? [[], shape.slice(0, 2)] : [shape.slice(0, -1), []];
  const apart = net.reshaped(node.path, input.name, [...before, ...parts, ...after]);
  const first = before.length + 1;
  const axes = [...before, ...parts, ...after].map((_, i) => i + 1);
  const perm = axes.map((axis) => (axis === first ? first + 1 : axis === first + 1 ? first : axis));
  const turned = net.transposed(node.path, apart, [0, ...perm]);
  return { name: net.reshaped(node.path, turned, [...before, channels, ...after]), shape };
};

/** Writes `zeroPadding2d`. */
export const writeZeroPadding2d: WriteNode = (net, node, [input]) => {
  const { padding } = optionsOf(node, ZERO_PADDING2D);
  const [padTop, padBottom] = paddingOf({ name: node.path, padding }, 0, 0);
  const [padLeft, padRight] = paddingOf({ name: node.path, padding }, 1, 0);
  const name = padded(net, node, input.name, { padTop, padBottom, padLeft, padRight });
  return { name, shape: node.output.shape };
};

/** Writes `cropping2d`. */
export const writeCropping2d: WriteNode = (net, node, [input]) => {
  const { cropping } = optionsOf(node, CROPPING2D);
  const { shape } = node.output;
  const starts = ([0, 1] as const).map((side) => paddingOf({ name: node.path, padding: cropping }, side, 0)[0]);
  const lists = { starts, ends: starts.map((start, i) => start + shape[i]), axes: [2, 3] };
  const inputs = Object.entries(lists).map(([name, values]) => net.wholes(node.path, name, values));
  return { name: net.node(node.path, "Slice", [input.name, ...inputs]), shape };
};

/** Writes `upSampling2d`. */
export const writeUpSampling2d: WriteNode = (net, node, [input]) => {
  const { size, interpolation, alignCorners } = optionsOf(node, UP_SAMPLING2D);
  const isNearest = interpolation === "nearest";
  const places = isNearest ? "asymmetric" : alignCorners ? "align_corners" : "half_pixel";
  const scales = net.floats(node.path, "scales", [4], [1, 1, ...size]);
  const name = net.node(node.path, "Resize", [input.name, "", scales], {
    mode: { text: isNearest ? "nearest" : "linear" },
    coordinate_transformation_mode: { text: places },
    ...(isNearest && { nearest_mode: { text: "floor" } }),
  });
  return { name, shape: node.output.shape };
};
