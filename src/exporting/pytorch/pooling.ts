import { ADAPTIVE_AVERAGE_POOLING2D } from "../../layers/adaptive-average-pooling2d.ts";
import { AVERAGE_POOLING2D } from "../../layers/average-pooling2d.ts";
import { type PoolGeometry, poolGeometry } from "../../layers/geometry.ts";
import { MAX_POOLING2D } from "../../layers/max-pooling2d.ts";
import { poolWindows } from "../../layers/pool-options.ts";
import { optionsOf } from "../layer-options.ts";
import { withWholeWindows } from "../whole-windows.ts";
import { isSymmetric, padded } from "./convolution.ts";
import { truth, tuple, type WriteLayer } from "./python-network.ts";

const NO_PADDING = { padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 };

/** True for padding that PyTorch's pooling takes: the same on both sides, and at most half a window. */
function isPlain(d: PoolGeometry): boolean {
  return isSymmetric(d) && 2 * d.padTop <= d.r && 2 * d.padLeft <= d.s;
}

/** Writes `maxPooling2d`. */
export const writeMaxPooling2d: WriteLayer = (_, node, [input]) => {
  const [h, w] = input.shape;
  const d = withWholeWindows(poolGeometry(poolWindows(optionsOf(node, MAX_POOLING2D))(h, w, node.path)));
  const image = isPlain(d) ? input.code : padded(input.code, d, '-float("inf")');
  const padding = isPlain(d) ? tuple([d.padTop, d.padLeft]) : "0";
  const dilation = d.dilationH * d.dilationW === 1 ? "" : `, ${tuple([d.dilationH, d.dilationW])}`;
  const window = `${tuple([d.r, d.s])}, ${tuple([d.strideH, d.strideW])}, ${padding}${dilation}`;
  return { code: `F.max_pool2d(${image}, ${window})`, shape: node.output.shape };
};

/** Writes `averagePooling2d`: where PyTorch has no such windows by sums of what is there and their counts. */
export const writeAveragePooling2d: WriteLayer = (net, node, [input]) => {
  const options = optionsOf(node, AVERAGE_POOLING2D);
  const [h, w] = input.shape;
  const own = poolGeometry(poolWindows(options)(h, w, node.path));
  const { shape } = node.output;
  const counted = options.countIncludePad ? padded(input.code, own) : input.code;
  const inner = options.countIncludePad
    ? { ...own, ...NO_PADDING, h: h + own.padTop + own.padBottom, w: w + own.padLeft + own.padRight }
    : own;
  const d = withWholeWindows(inner);
  const window = `${tuple([d.r, d.s])}, ${tuple([d.strideH, d.strideW])}`;
  if (isPlain(d) && d.dilationH * d.dilationW === 1) {
    const padding =
      d.padTop + d.padLeft === 0 ? "" : `, ${tuple([d.padTop, d.padLeft])}, count_include_pad=${truth(false)}`;
    return { code: `F.avg_pool2d(${counted}, ${window}${padding})`, shape };
  }
  net.functions.add("_average_pool");
  const pads = tuple([d.padLeft, d.padRight, d.padTop, d.padBottom]);
  return { code: `_average_pool(${counted}, ${window}, ${pads}, ${tuple([d.dilationH, d.dilationW])})`, shape };
};

/** Writes `adaptiveAveragePooling2d`. */
export const writeAdaptiveAveragePooling2d: WriteLayer = (_, node, [input]) => {
  const { outputSize } = optionsOf(node, ADAPTIVE_AVERAGE_POOLING2D);
  return { code: `F.adaptive_avg_pool2d(${input.code}, ${tuple(outputSize)})`, shape: node.output.shape };
};

/** Writes a pooling layer over whole images. */
export function writeGlobalPooling(method: "mean" | "amax"): WriteLayer {
  return (_, node, [input]) => ({ code: `${input.code}.${method}((2, 3))`, shape: node.output.shape });
}
