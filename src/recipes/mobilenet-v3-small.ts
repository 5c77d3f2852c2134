import { InputRangeError } from "../errors.ts";
import { residual } from "../graph/residual.ts";
import { relu } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { depthwiseConv2d } from "../layers/depthwise-conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import { hardSwish } from "../layers/hard-activation.ts";
import type { Layer } from "../layers/layer.ts";
import { multiply } from "../layers/multiply.ts";
import { channelsAt, plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** A row of Table 2 of the paper. */
interface Block {
  readonly kernelSize: number;
  /** Channels inside. */
  readonly inner: number;
  readonly filters: number;
  /** True: channels inside are weighed by squeeze and excitation. */
  readonly weighs: boolean;
  readonly activation: "relu" | "hardSwish";
  readonly strides: number;
}

function block(
  kernelSize: number,
  inner: number,
  filters: number,
  weighs: boolean,
  activation: Block["activation"],
  strides: number,
): Block {
  return { kernelSize, inner, filters, weighs, activation, strides };
}

const BLOCKS: readonly Block[] = [
  block(3, 16, 16, true, "relu", 2),
  block(3, 72, 24, false, "relu", 2),
  block(3, 88, 24, false, "relu", 1),
  block(5, 96, 40, true, "hardSwish", 2),
  block(5, 240, 40, true, "hardSwish", 1),
  block(5, 240, 40, true, "hardSwish", 1),
  block(5, 120, 48, true, "hardSwish", 1),
  block(5, 144, 48, true, "hardSwish", 1),
  block(5, 288, 96, true, "hardSwish", 2),
  block(5, 576, 96, true, "hardSwish", 1),
  block(5, 576, 96, true, "hardSwish", 1),
];

const STEM_CHANNELS = 16;

/** Units before the last layer. */
const UNITS = 1024;

const UNBIASED = { useBias: false, kernelInitializer: "heNormal" } as const;

/** Batch normalisation with the figures of the paper's authors, as torchvision has them. */
function normalization(): Layer {
  return batchNormalization({ momentum: 0.99, epsilon: 1e-3 });
}

/** Squeeze and excitation (Hu et al., 2018) with hard sigmoids: channels times factors that follow from their means. */
function weighed(name: string, channels: number): readonly Layer[] {
  return [
    globalAveragePooling2d(),
    dense({ units: channelsAt(1, Math.floor(channels / 4)), activation: "relu" }),
    dense({ name: `${name}.factors`, units: channels, activation: "hardSigmoid" }),
    multiply({ inputs: [`${name}.image`, `${name}.factors`] }),
  ];
}

/** Inverted residual block: more channels inside, no activation at its end. */
function layersOf(
  name: string,
  channels: number,
  width: number,
  { kernelSize, strides, ...block }: Block,
): readonly Layer[] {
  const [inner, filters] = [block.inner, block.filters].map((count) => channelsAt(width, count));
  const activation = block.activation === "relu" ? relu : hardSwish;
  const expansion = [conv2d({ ...UNBIASED, filters: inner, kernelSize: 1 }), normalization(), activation()];
  const layers = [
    ...(inner === channels ? [] : expansion),
    depthwiseConv2d({ ...UNBIASED, kernelSize, strides, padding: (kernelSize - 1) / 2 }),
    normalization(),
    activation({ name: `${name}.image` }),
    ...(block.weighs ? weighed(name, inner) : []),
    conv2d({ ...UNBIASED, filters, kernelSize: 1 }),
    normalization(),
  ];
  return strides === 1 && filters === channels ? [residual(layers, { name })] : layers;
}

/**
 * The layers of MobileNetV3-Small as torchvision has them.
 *
 * @param width factor of all numbers of channels, above 0
 * @throws RangeError for another width
 */
function mobilenetV3SmallLayers(classes: number, width: number): readonly Layer[] {
  if (!(width > 0)) throw new InputRangeError("mobilenetV3Small", "a width above 0", `${width}`);
  let channels = channelsAt(width, STEM_CHANNELS);
  const stem = { filters: channels, kernelSize: 3, strides: 2, padding: 1 };
  const blocks = BLOCKS.flatMap((block, i) => {
    const layers = layersOf(`block${i + 1}`, channels, width, block);
    channels = channelsAt(width, block.filters);
    return layers;
  });
  const initial = { kernelInitializer: { type: "normal", deviation: 0.01 } } as const;
  return [
    conv2d({ ...UNBIASED, ...stem }),
    normalization(),
    hardSwish(),
    ...blocks,
    conv2d({ ...UNBIASED, filters: 6 * channels, kernelSize: 1 }),
    normalization(),
    hardSwish(),
    globalAveragePooling2d(),
    dense({ ...initial, units: channelsAt(width, UNITS), activation: "hardSwish" }),
    dropout({ rate: 0.2 }),
    dense({ ...initial, units: classes }),
  ];
}

const VARIABLES = { width: 1 };

/** Inverted residuals whose channels are weighed, with hard swishes (Howard et al., 2019, arXiv:1905.02244). */
export const mobilenetV3Small: Recipe = {
  ...plain(
    "mobilenetV3Small",
    "MobileNetV3-Small (Howard et al., 2019) for images from 64 x 64 on; --set width=0.5 halves its channels",
    (classes, { variables: { width } = VARIABLES } = {}) => mobilenetV3SmallLayers(classes, width),
  ),
  shape: [224, 224, 3],
  smallest: 64,
  variables: VARIABLES,
};
