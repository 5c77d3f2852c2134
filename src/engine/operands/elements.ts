import { all, each, input, output } from "./operand.ts";
import { oneInput, type Places, type Rows, twoInputs } from "./row.ts";

/** Places of a small image x and the large one that upsampling makes of it. */
function upsample(x: number, y: number, h: number, w: number, c: number, sizeH: number, sizeW: number): Places {
  return [input(each(h * w * c), x), output(each(h * w * c * sizeH * sizeW), y)];
}

/** Places of their gradients. */
function upsampleBackward(
  dy: number,
  dx: number,
  h: number,
  w: number,
  c: number,
  sizeH: number,
  sizeW: number,
): Places {
  return [input(each(h * w * c * sizeH * sizeW), dy), output(each(h * w * c), dx)];
}

/** Rows of activations, dropout, pooling and upsampling. */
export const elementRows = {
  relu_forward: oneInput,
  relu_backward: twoInputs,
  sigmoid_forward: oneInput,
  sigmoid_backward: twoInputs,
  tanh_forward: oneInput,
  tanh_backward: twoInputs,
  gelu_forward: oneInput,
  gelu_backward: twoInputs,
  hard_sigmoid_forward: oneInput,
  hard_sigmoid_backward: twoInputs,
  hard_swish_forward: oneInput,
  hard_swish_backward: twoInputs,
  softmax_forward: (x, y, positions, classes) => oneInput(x, y, positions * classes),
  softmax_backward: (y, dy, dx, positions, classes) => twoInputs(y, dy, dx, positions * classes),
  dropout: (x, y, size, _rate, key) => [...oneInput(x, y, size), input(all(4), key)],
  max_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  max_pool_backward: (x, y, dy, dx, h, w, c, p, q) => [
    input(each(h * w * c), x),
    input(each(p * q * c), y, dy),
    output(each(h * w * c), dx),
  ],
  average_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  average_pool_backward: (dy, dx, h, w, c, p, q) => [input(each(p * q * c), dy), output(each(h * w * c), dx)],
  upsample_nearest_forward: upsample,
  upsample_nearest_backward: upsampleBackward,
  upsample_bilinear_forward: upsample,
  upsample_bilinear_backward: upsampleBackward,
} satisfies Rows;
