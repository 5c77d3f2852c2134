import { each, input, output } from "../operand.ts";
import type { ExtraRows } from "../row.ts";

/** Rows of the kernels that pool to a size. */
export const adaptivePoolingRows = {
  adaptive_average_pool_forward: (x, y, h, w, c, p, q) => [input(each(h * w * c), x), output(each(p * q * c), y)],
  adaptive_average_pool_backward: (dy, dx, h, w, c, p, q) => [input(each(p * q * c), dy), output(each(h * w * c), dx)],
} satisfies ExtraRows;
