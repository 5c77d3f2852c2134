import { relu } from "../layers/activation.ts";
import { concatenate } from "../layers/concatenate.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dropout } from "../layers/dropout.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { sgd } from "../training/optimizers.ts";
import { plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** Fire module: a few 1 x 1 filters, then 1 x 1 and 3 x 3 ones side by side. */
function fire(number: number, squeezed: number, expanded: number): readonly Layer[] {
  const name = `fire${number}`;
  const shared = { activation: "relu", kernelInitializer: "heUniform" } as const;
  const expand = { ...shared, filters: expanded, inputs: `${name}.squeeze` };
  return [
    conv2d({ name: `${name}.squeeze`, filters: squeezed, kernelSize: 1, ...shared }),
    conv2d({ name: `${name}.expand1`, kernelSize: 1, ...expand }),
    conv2d({ name: `${name}.expand3`, kernelSize: 3, padding: 1, ...expand }),
    concatenate({ name, inputs: [`${name}.expand1`, `${name}.expand3`] }),
  ];
}

/** The layers of SqueezeNet 1.1 as torchvision has them. */
function squeezenetLayers(classes: number): readonly Layer[] {
  const pool = () => maxPooling2d({ poolSize: 3, strides: 2, ceilMode: true });
  return [
    conv2d({ filters: 64, kernelSize: 3, strides: 2, activation: "relu", kernelInitializer: "heUniform" }),
    pool(),
    ...fire(2, 16, 64),
    ...fire(3, 16, 64),
    pool(),
    ...fire(4, 32, 128),
    ...fire(5, 32, 128),
    pool(),
    ...fire(6, 48, 192),
    ...fire(7, 48, 192),
    ...fire(8, 64, 256),
    ...fire(9, 64, 256),
    dropout({ rate: 0.5 }),
    conv2d({ filters: classes, kernelSize: 1, kernelInitializer: { type: "normal", deviation: 0.01 } }),
    relu(),
    globalAveragePooling2d(),
  ];
}

/** Fire modules in place of dense layers (Iandola et al., 2016, arXiv:1602.07360). */
export const squeezenet: Recipe = {
  ...plain("squeezenet", "SqueezeNet 1.1 (Iandola et al., 2016), small: 1.2 million weights", squeezenetLayers),
  shape: [224, 224, 3],
  // Without normalisation it learns at lower rates.
  optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
};
