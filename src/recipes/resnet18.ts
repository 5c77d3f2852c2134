import { residual } from "../graph/residual.ts";
import { relu } from "../layers/activation.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { globalAveragePooling2d } from "../layers/global-average-pooling2d.ts";
import type { Layer } from "../layers/layer.ts";
import { maxPooling2d } from "../layers/max-pooling2d.ts";
import { normalization, plain } from "./plain.ts";
import type { Recipe } from "./recipe.ts";

/** Rows or columns up to which images count as small: those of Tiny ImageNet. */
const SMALL = 64;

/** A convolution with padding that keeps the size, or halves it, rounded up, where `strides` is 2. */
function convolution(filters: number, kernelSize: 1 | 3 | 7, strides: number): readonly Layer[] {
  const padding = (kernelSize - 1) / 2;
  return [
    conv2d({ filters, kernelSize, strides, padding, useBias: false, kernelInitializer: "heNormal" }),
    normalization(),
  ];
}

/** Two blocks of two 3 x 3 convolutions; a 1 x 1 convolution leads around the first where the shape changes. */
function stage(number: number, filters: number, strides: number): readonly Layer[] {
  return [strides, 1].flatMap((step, i) => {
    const name = `stage${number}.block${i + 1}`;
    const main = [...convolution(filters, 3, step), relu(), ...convolution(filters, 3, 1)];
    const around = step === 1 ? {} : { shortcut: convolution(filters, 1, step) };
    return [residual(main, { name, ...around }), relu()];
  });
}

/**
 * The layers of ResNet-18 as torchvision has them.
 *
 * @param filters of the first stage; twice as many in each that follows
 * @param small for small images, as the authors did on CIFAR-10: a first convolution of 3 x 3, and no pooling
 */
function resnet18Layers(classes: number, filters: number, small: boolean): readonly Layer[] {
  const stem = small
    ? [...convolution(filters, 3, 1), relu()]
    : [...convolution(filters, 7, 2), relu(), maxPooling2d({ poolSize: 3, strides: 2, padding: 1 })];
  return [
    ...stem,
    ...stage(1, filters, 1),
    ...stage(2, 2 * filters, 2),
    ...stage(3, 4 * filters, 2),
    ...stage(4, 8 * filters, 2),
    globalAveragePooling2d(),
    dense({ units: classes }),
  ];
}

const SHAPE = [224, 224, 3] as const;
const VARIABLES = { filters: 64 };

/** Residual network of 18 layers with weights (He et al., 2016, arXiv:1512.03385). */
export const resnet18: Recipe = {
  ...plain(
    "resnet18",
    "ResNet-18 (He et al., 2016); for images of up to 64 pixels a 3 x 3 stem without pooling",
    (classes, { shape: [h, w] = SHAPE, variables: { filters } = VARIABLES } = {}) =>
      resnet18Layers(classes, filters, Math.min(h, w) <= SMALL),
  ),
  shape: SHAPE,
  variables: VARIABLES,
};
