/** Images in another size as layers. */

import type { Layer } from "../../../layers/layer.ts";
import { maxPooling2d } from "../../../layers/max-pooling2d.ts";
import { upSampling2d } from "../../../layers/up-sampling2d.ts";
import type { MapNode } from "../builder.ts";
import { imageOf, placedImage } from "../layout.ts";
import type { OpNode } from "../op-node.ts";

export const resize: MapNode = (node, net) => {
  const value = net.of(node);
  const image = imageOf(node, value);
  const [batch, channels, ...sizes] = node.output.dims;
  const [ownBatch, ownChannels, ...own] = node.input(0).dims;
  if (batch !== ownBatch || channels !== ownChannels)
    throw node.unsupported("another height and width", "other channels");
  if (sizes.join() === own.join()) return value;
  const [h, w] = own.length === 1 ? [1, own[0]] : own;
  const [p, q] = sizes.length === 1 ? [1, sizes[0]] : sizes;
  return placedImage(layerOf(node, [h, w], [p, q]).apply(image), value.axes.length);
};

type Pair = readonly [height: number, width: number];

function layerOf(node: OpNode, from: Pair, to: Pair): Layer {
  const mode = node.text("mode", "nearest");
  const size = [to[0] / from[0], to[1] / from[1]] as const;
  const isWhole = size.every(Number.isInteger);
  const got = `[${from}] to [${to}], ${mode}`;
  // Copies of a single pixel, whatever lies between pixels.
  if (isWhole && size.every((factor, i) => factor === 1 || from[i] === 1)) return upSampling2d({ size });
  if (mode === "nearest") return nearest(node, from, to, got);
  if (mode !== "linear" && mode !== "bilinear") throw node.unsupported("mode nearest or linear", mode);
  const transform = node.text("coordinate_transformation_mode", isOld(node) ? "asymmetric" : "half_pixel");
  const isCentred = transform === "half_pixel" || transform === "pytorch_half_pixel";
  if (!isWhole) throw node.unsupported("images that become a whole number of times as large", got);
  if (isCentred || transform === "align_corners") {
    return upSampling2d({ size, interpolation: "bilinear", ...(!isCentred && { alignCorners: true }) });
  }
  throw node.unsupported("coordinates by half_pixel or align_corners", transform);
}

/** Upsample and the first Resize, which have no options of coordinates. */
function isOld({ op, opset }: OpNode): boolean {
  return op === "Upsample" || opset < 11;
}

function nearest(node: OpNode, from: Pair, to: Pair, got: string): Layer {
  const sources = ([0, 1] as const).map((side) =>
    Array.from({ length: to[side] }, (_, i) => source(node, from[side], to[side], i)),
  );
  const are = (place: (i: number, side: 0 | 1) => number) =>
    ([0, 1] as const).every((side) => sources[side].every((at, i) => at === place(i, side)));
  const larger = [to[0] / from[0], to[1] / from[1]] as const;
  if (larger.every(Number.isInteger) && are((i, side) => Math.floor(i / larger[side])))
    return upSampling2d({ size: larger });
  const smaller = [from[0] / to[0], from[1] / to[1]] as const;
  if (smaller.every(Number.isInteger) && are((i, side) => i * smaller[side])) {
    return maxPooling2d({ poolSize: 1, strides: smaller });
  }
  throw node.unsupported("pixels that become a whole number of copies", got);
}

/** The pixel that a pixel of the output copies along an axis, as the operator defines it. */
function source(node: OpNode, from: number, to: number, i: number): number {
  const transform = node.text("coordinate_transformation_mode", isOld(node) ? "asymmetric" : "half_pixel");
  const rounding = node.text("nearest_mode", isOld(node) ? "floor" : "round_prefer_floor");
  const scale = to / from;
  const places: Readonly<Record<string, number>> = {
    half_pixel: (i + 0.5) / scale - 0.5,
    pytorch_half_pixel: to > 1 ? (i + 0.5) / scale - 0.5 : 0,
    align_corners: to > 1 ? (i * (from - 1)) / (to - 1) : 0,
    asymmetric: i / scale,
  };
  const at = Object.hasOwn(places, transform) ? places[transform] : Number.NaN;
  const roundings: Readonly<Record<string, number>> = {
    floor: Math.floor(at),
    ceil: Math.ceil(at),
    round_prefer_ceil: Math.floor(at + 0.5),
    round_prefer_floor: Math.ceil(at - 0.5),
  };
  const place = Object.hasOwn(roundings, rounding) ? roundings[rounding] : Number.NaN;
  if (Number.isNaN(place)) throw node.unsupported("known coordinates and rounding", `${transform}, ${rounding}`);
  return Math.min(Math.max(place, 0), from - 1);
}
