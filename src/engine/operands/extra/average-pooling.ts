import { each, input, output } from "../operand.ts";
import type { ExtraRows } from "../row.ts";

/** Rows of the kernels of average pooling. */
export const averagePoolingRows = {
  average_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  average_pool_backward: (dy, dx, h, w, c, p, q) => [input(each(p * q * c), dy), output(each(h * w * c), dx)],
} satisfies ExtraRows;
