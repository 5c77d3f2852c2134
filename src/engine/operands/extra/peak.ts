import { all, each, input, output } from "../operand.ts";
import type { ExtraRows } from "../row.ts";

/** Rows of the kernels that measure the peak. */
export const peakRows = {
  peak_chains: (x, y) => [input(all(80), x), output(each(80), y)],
  peak_tile: (x, y) => [input(all(80), x), output(each(32), y)],
} satisfies ExtraRows;
