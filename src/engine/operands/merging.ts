import { bands, each, input, output } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** Rows of the kernels that merge tensors and are in every engine: sums, and what other layers do with them. */
export const mergingRows = {
  add: twoInputs,
  scale: oneInput,
  multiply_channels: (x, s, y, positions, channels) => [
    input(each(positions * channels), x),
    input(each(channels), s),
    output(each(positions * channels), y),
  ],
  copy_columns: (x, y, rows, xStride, yStride, columns) => [
    input(bands(rows, xStride, columns), x),
    output(bands(rows, yStride, columns), y),
  ],
} satisfies Rows;
