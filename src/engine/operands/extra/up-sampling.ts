import { each, input, output } from "../operand.ts";
import type { ExtraRows, Places } from "../row.ts";

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

/** Rows of the kernels of upsampling. */
export const upSamplingRows = {
  upsample_nearest_forward: upsample,
  upsample_nearest_backward: upsampleBackward,
  upsample_bilinear_forward: upsample,
  upsample_bilinear_backward: upsampleBackward,
} satisfies ExtraRows;
