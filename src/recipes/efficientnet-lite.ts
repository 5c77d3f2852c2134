import { residual } from "../graph/residual.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { plain, relu6 } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** Stages: side of the depthwise kernel, strides of the first block, factor of the channels inside, filters, number of blocks. */
const STAGES: readonly (readonly [
  kernelSize: number,
  strides: number,
  expansion: number,
  filters: number,
  count: number,
])[] = [
  [3, 1, 1, 16, 1],
  [3, 2, 6, 24, 2],
  [5, 2, 6, 40, 2],
  [3, 2, 6, 80, 3],
  [5, 1, 6, 112, 3],
  [5, 2, 6, 192, 4],
  [3, 1, 6, 320, 1],
];

/** TensorFlow's batch normalisation. */
function normalization(): Layer {
  return batchNormalization({ momentum: 0.99, epsilon: 1e-3 });
}

function convolution(filters: number, kernelSize: number, strides = 1): readonly Layer[] {
  return [
    conv2d({ filters, kernelSize, strides, padding: "same", useBias: false, kernelInitializer: "heNormal" }),
    normalization(),
  ];
}

/** Inverted residual block with a depthwise kernel of any size; no activation at its end. */
function block(
  name: string,
  channels: number,
  kernelSize: number,
  strides: number,
  expansion: number,
  filters: number,
): readonly Layer[] {
  const layers = [
    ...(expansion === 1 ? [] : [...convolution(expansion * channels, 1), relu6()]),
    depthwiseConv2d({ kernelSize, strides, padding: "same", useBias: false, kernelInitializer: "heNormal" }),
    normalization(),
    relu6(),
    ...convolution(filters, 1),
  ];
  return strides === 1 && filters === channels ? [residual(layers, { name })] : layers;
}

function efficientnetLite0Layers(classes: number): readonly Layer[] {
  const layers: Layer[] = [];
  let channels = 32;
  let number = 0;
  for (const [kernelSize, strides, expansion, filters, count] of STAGES) {
    for (let i = 0; i < count; i++) {
      layers.push(...block(`block${++number}`, channels, kernelSize, i === 0 ? strides : 1, expansion, filters));
      channels = filters;
    }
  }
  return [
    ...convolution(32, 3, 2),
    relu6(),
    ...layers,
    ...convolution(1280, 1),
    relu6(),
    globalAveragePooling2d(),
    dropout({ rate: 0.2 }),
    dense({ units: classes }),
  ];
}

/** EfficientNet-Lite0: EfficientNet-B0 (Tan and Le, 2019, arXiv:1905.11946) without squeeze-and-excitation, with ReLU6. */
export const efficientnetLite0: Recipe = {
  ...plain(
    "efficientnetLite0",
    "EfficientNet-Lite0 (Tan and Le, 2019) for images from 96 x 96 on; pretrained weights: convasm import",
    efficientnetLite0Layers,
  ),
  shape: [224, 224, 3],
  smallest: 96,
  input: { scale: 1 / 128, offset: -127 / 128 },
};
