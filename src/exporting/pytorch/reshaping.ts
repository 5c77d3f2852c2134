import { CHANNEL_SHUFFLE } from "../../layers/channel-shuffle.ts";
import { CHANNEL_SLICE } from "../../layers/channel-slice.ts";
import { CROPPING2D } from "../../layers/cropping2d.ts";
import { paddingOf } from "../../layers/geometry.ts";
import { PERMUTE } from "../../layers/permute.ts";
import { sizeOf } from "../../layers/shape.ts";
import { UP_SAMPLING2D } from "../../layers/up-sampling2d.ts";
import { ZERO_PADDING2D } from "../../layers/zero-padding2d.ts";
import { optionsOf } from "../layer-options.ts";
import { padded } from "./convolution.ts";
import { truth, tuple, type WriteLayer } from "./python-network.ts";

/** Writes `flatten` and `reshape`. A flattened image stays channel by channel: who takes it knows. */
export const writeReshape: WriteLayer = (net, node, [input]) => {
  const { shape } = node.output;
  if (input.shape.length === 3 && shape.length === 1) {
    const isSingle = sizeOf(input.shape) === input.shape[2];
    return { code: `${input.code}.flatten(1)`, shape, ...(!isSingle && { image: input.shape }) };
  }
  if (input.image !== undefined && shape.join() === input.image.join()) {
    const [h, w, c] = shape;
    return { code: `${input.code}.reshape(-1, ${c}, ${h}, ${w})`, shape };
  }
  return net.fromOurs(`${net.ours(input)}.reshape(-1, ${shape.join(", ")})`, shape);
};

/** Writes `permute`. */
export const writePermute: WriteLayer = (net, node, [given]) => {
  const input = net.plain(given);
  const { dims } = optionsOf(node, PERMUTE);
  const own = [2, 3, 1];
  const order = dims.length === 3 ? [2, 0, 1].map((axis) => own[dims[axis] - 1]) : dims;
  return { code: `${input.code}.permute(${[0, ...order].join(", ")})`, shape: node.output.shape };
};

/** Writes `channelSlice`. */
export const writeChannelSlice: WriteLayer = (net, node, [given]) => {
  const input = net.plain(given);
  const { start } = optionsOf(node, CHANNEL_SLICE);
  const { shape } = node.output;
  const range = `${start}:${start + (shape.at(-1) ?? 1)}`;
  return { code: `${input.code}[${shape.length === 3 ? ":" : "..."}, ${range}]`, shape };
};

/** Writes `channelShuffle`. */
export const writeChannelShuffle: WriteLayer = (net, node, [given]) => {
  const input = net.plain(given);
  const { groups } = optionsOf(node, CHANNEL_SHUFFLE);
  const { shape } = input;
  if (shape.length === 3) return { code: `torch.channel_shuffle(${input.code}, ${groups})`, shape };
  const channels = shape.at(-1) ?? 1;
  const before = shape.slice(0, -1);
  const apart = `${input.code}.reshape(${[-1, ...before, groups, channels / groups].join(", ")})`;
  return { code: `${apart}.transpose(-1, -2).flatten(-2)`, shape };
};

/** Writes `zeroPadding2d`. */
export const writeZeroPadding2d: WriteLayer = (_, node, [input]) => {
  const { padding } = optionsOf(node, ZERO_PADDING2D);
  const [padTop, padBottom] = paddingOf({ name: node.path, padding }, 0, 0);
  const [padLeft, padRight] = paddingOf({ name: node.path, padding }, 1, 0);
  return { code: padded(input.code, { padTop, padBottom, padLeft, padRight }), shape: node.output.shape };
};

/** Writes `cropping2d`. */
export const writeCropping2d: WriteLayer = (_, node, [input]) => {
  const { cropping: padding } = optionsOf(node, CROPPING2D);
  const { shape } = node.output;
  const [rows, columns] = ([0, 1] as const).map((side) => {
    const [start] = paddingOf({ name: node.path, padding }, side, 0);
    return `${start}:${start + shape[side]}`;
  });
  return { code: `${input.code}[:, :, ${rows}, ${columns}]`, shape };
};

/** Writes `upSampling2d`. */
export const writeUpSampling2d: WriteLayer = (_, node, [input]) => {
  const { size, interpolation, alignCorners } = optionsOf(node, UP_SAMPLING2D);
  const mode = interpolation === "nearest" ? 'mode="nearest"' : `mode="bilinear", align_corners=${truth(alignCorners)}`;
  return { code: `F.interpolate(${input.code}, scale_factor=${tuple(size)}, ${mode})`, shape: node.output.shape };
};
