import { InputRangeError } from "../errors.ts";
import { relu } from "../layers/activation.ts";
import { averagePooling2d } from "../layers/average-pooling2d.ts";
import { concatenate } from "../layers/concatenate.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { normalization, plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

const BLOCKS = 3;

function convolution(filters: number, kernelSize: 1 | 3, name?: string): Layer {
  const padding = (kernelSize - 1) / 2;
  const named = name === undefined ? {} : { name };
  return conv2d({ ...named, filters, kernelSize, padding, useBias: false, kernelInitializer: "heNormal" });
}

/**
 * A dense block: each layer makes `growth` channels of all channels before it, and is concatenated to them. Batch
 * normalisation and ReLU stand before the convolutions, of which the first, 1 x 1, has four times as many filters as
 * the second.
 *
 * @param start name of the layer before the block
 */
function block(number: number, start: string, count: number, growth: number): readonly Layer[] {
  let before = start;
  return Array.from({ length: count }, (_, i) => {
    const name = `block${number}.${i + 1}`;
    const inputs = [before, `${name}.conv`];
    before = name;
    return [
      normalization(),
      relu(),
      convolution(4 * growth, 1),
      normalization(),
      relu(),
      convolution(growth, 3, `${name}.conv`),
      concatenate({ name, inputs }),
    ];
  }).flat();
}

/**
 * The layers of DenseNet-BC as in its authors' experiments on CIFAR-10: three blocks, between which channels and sides
 * are halved.
 *
 * @param depth convolutions and the dense layer: 4 and a multiple of 6
 * @param growth channels that each layer adds
 * @throws RangeError for another depth
 */
function densenetLayers(classes: number, depth: number, growth: number): readonly Layer[] {
  const count = (depth - 4) / (2 * BLOCKS);
  if (!Number.isInteger(count) || count < 1) {
    throw new InputRangeError("densenet", "a depth of 4 and a multiple of 6, such as 40", `${depth}`);
  }
  let channels = 2 * growth;
  let start = "stem";
  const layers = [convolution(channels, 3, start)];
  for (let number = 1; number <= BLOCKS; number++) {
    layers.push(...block(number, start, count, growth));
    channels += count * growth;
    if (number === BLOCKS) break;
    channels = Math.floor(channels / 2);
    start = `transition${number}`;
    layers.push(normalization(), relu(), convolution(channels, 1), averagePooling2d({ name: start, poolSize: 2 }));
  }
  return [...layers, normalization(), relu(), globalAveragePooling2d(), dense({ units: classes })];
}

const VARIABLES = { depth: 40, growth: 12 };

/** Densely connected network (Huang et al., 2017, arXiv:1608.06993). */
export const densenet: Recipe = {
  ...plain(
    "densenet",
    "DenseNet-BC (Huang et al., 2017) of CIFAR-10's size; --set depth=100,growth=12 is a deeper one",
    (classes, { variables: { depth, growth } = VARIABLES } = {}) => densenetLayers(classes, depth, growth),
  ),
  shape: [32, 32, 3],
  variables: VARIABLES,
};
