import { InputRangeError } from "../errors.ts";
import { residual } from "../graph/residual.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { channelsAt, normalization, plain, relu6 } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Table 2 of the paper: factor of the channels inside a block, its filters, number of blocks, strides of the first one.
 */
const BLOCKS: readonly (readonly [expansion: number, filters: number, count: number, strides: number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

function pointwise(filters: number): readonly Layer[] {
  return [conv2d({ filters, kernelSize: 1, useBias: false, kernelInitializer: "heNormal" }), normalization()];
}

function depthwise(strides: number): readonly Layer[] {
  return [
    depthwiseConv2d({ kernelSize: 3, strides, padding: 1, useBias: false, kernelInitializer: "heNormal" }),
    normalization(),
    relu6(),
  ];
}

/** Inverted residual block: more channels inside, no activation at its end. */
function block(name: string, channels: number, expansion: number, filters: number, strides: number): readonly Layer[] {
  const layers = [
    ...(expansion === 1 ? [] : [...pointwise(expansion * channels), relu6()]),
    ...depthwise(strides),
    ...pointwise(filters),
  ];
  return strides === 1 && filters === channels ? [residual(layers, { name })] : layers;
}

/**
 * The layers of MobileNetV2 as torchvision has them.
 *
 * @param width factor of all numbers of filters, above 0; the last convolution has no fewer than 1280
 * @throws RangeError for another width
 */
function mobilenetV2Layers(classes: number, width: number): readonly Layer[] {
  if (!(width > 0)) throw new InputRangeError("mobilenetV2", "a width above 0", `${width}`);
  const layers: Layer[] = [];
  let channels = channelsAt(width, 32);
  let number = 0;
  for (const [expansion, base, count, strides] of BLOCKS) {
    const filters = channelsAt(width, base);
    for (let i = 0; i < count; i++) {
      layers.push(...block(`block${++number}`, channels, expansion, filters, i === 0 ? strides : 1));
      channels = filters;
    }
  }
  const first = { filters: channelsAt(width, 32), kernelSize: 3, strides: 2, padding: 1 };
  return [
    conv2d({ ...first, useBias: false, kernelInitializer: "heNormal" }),
    normalization(),
    relu6(),
    ...layers,
    ...pointwise(channelsAt(Math.max(1, width), 1280)),
    relu6(),
    globalAveragePooling2d(),
    dropout({ rate: 0.2 }),
    dense({ units: classes, kernelInitializer: { type: "normal", deviation: 0.01 } }),
  ];
}

const VARIABLES = { width: 1 };

/** Inverted residuals and depthwise convolutions (Sandler et al., 2018, arXiv:1801.04381). */
export const mobilenetV2: Recipe = {
  ...plain(
    "mobilenetV2",
    "MobileNetV2 (Sandler et al., 2018) for images from 96 x 96 on; --set width=0.5 halves its filters",
    (classes, { variables: { width } = VARIABLES } = {}) => mobilenetV2Layers(classes, width),
  ),
  shape: [224, 224, 3],
  smallest: 96,
  variables: VARIABLES,
};
