import { InputRangeError } from "../errors.ts";
import { relu } from "../layers/activation.ts";
import { channelShuffle } from "../layers/channel-shuffle.ts";
import { channelSlice } from "../layers/channel-slice.ts";
import { concatenate } from "../layers/concatenate.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import type { LayerOptions } from "../layers/options.ts";
import { normalization, plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** Table 5 of the paper: channels of the three stages and of the last convolution at each width. */
const CHANNELS: ReadonlyMap<number, readonly [first: number, second: number, third: number, last: number]> = new Map([
  [0.5, [48, 96, 192, 1024]],
  [1, [116, 232, 464, 1024]],
  [1.5, [176, 352, 704, 1024]],
  [2, [244, 488, 976, 2048]],
]);

/** Units of each stage; the first of them halves the image. */
const COUNTS = [4, 8, 4];

const STEM_CHANNELS = 24;

const UNBIASED = { useBias: false, kernelInitializer: "heNormal" } as const;

function pointwise(filters: number, options: LayerOptions = {}): readonly Layer[] {
  return [conv2d({ ...UNBIASED, ...options, filters, kernelSize: 1 }), normalization()];
}

function depthwise(strides: number, options: LayerOptions = {}): readonly Layer[] {
  return [depthwiseConv2d({ ...UNBIASED, ...options, kernelSize: 3, strides, padding: 1 }), normalization()];
}

/**
 * A unit: half of the channels is worked on, the other half kept, or shrunk with the image where `strides` is 2; then both are
 * shuffled, so that each half of the next unit has channels of both.
 *
 * @param before name of the layer that it works on
 */
function unit(name: string, before: string, filters: number, strides: number): readonly Layer[] {
  const half = filters / 2;
  const [left, right] = [`${name}.left`, `${name}.right`];
  const start = { inputs: before };
  const kept =
    strides === 1
      ? [channelSlice({ name: left, ...start, end: half })]
      : [...depthwise(strides, start), ...pointwise(half), relu({ name: left })];
  const worked = strides === 1 ? [channelSlice({ ...start, start: half }), ...pointwise(half)] : pointwise(half, start);
  return [
    ...kept,
    ...worked,
    relu(),
    ...depthwise(strides),
    ...pointwise(half),
    relu({ name: right }),
    concatenate({ inputs: [left, right] }),
    channelShuffle({ name, groups: 2 }),
  ];
}

/**
 * The layers of ShuffleNetV2 as torchvision has them.
 *
 * @param width 0.5, 1, 1.5 or 2
 * @throws RangeError for another width
 */
function shufflenetV2Layers(classes: number, width: number): readonly Layer[] {
  const channels = CHANNELS.get(width);
  if (channels === undefined) {
    throw new InputRangeError("shufflenetV2", `a width of ${[...CHANNELS.keys()].join(", ")}`, `${width}`);
  }
  let before = "stem";
  const units = COUNTS.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const name = `stage${stage + 2}.${i + 1}`;
      const layers = unit(name, before, channels[stage], i === 0 ? 2 : 1);
      before = name;
      return layers;
    }).flat(),
  );
  return [
    conv2d({ ...UNBIASED, filters: STEM_CHANNELS, kernelSize: 3, strides: 2, padding: 1 }),
    normalization(),
    relu(),
    maxPooling2d({ name: "stem", poolSize: 3, strides: 2, padding: 1 }),
    ...units,
    ...pointwise(channels[3]),
    relu(),
    globalAveragePooling2d(),
    dense({ units: classes }),
  ];
}

const VARIABLES = { width: 1 };

/** Channels that are split, worked on in part, and shuffled (Ma et al., 2018, arXiv:1807.11164). */
export const shufflenetV2: Recipe = {
  ...plain(
    "shufflenetV2",
    "ShuffleNetV2 (Ma et al., 2018) for images from 64 x 64 on; --set width=0.5 is the smallest of four",
    (classes, { variables: { width } = VARIABLES } = {}) => shufflenetV2Layers(classes, width),
  ),
  shape: [224, 224, 3],
  smallest: 64,
  variables: VARIABLES,
};
