import { bands, each, input, output } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** Rows of the kernels that merge tensors. */
export const mergingRows = {
  add: twoInputs,
  subtract: twoInputs,
  multiply: twoInputs,
  maximum: twoInputs,
  maximum_backward: (x, y, dy, dx, rest, size) => [input(each(size), x, y, dy), output(each(size), dx, rest)],
  scale: oneInput,
  multiply_channels: (x, s, y, positions, channels) => [
    input(each(positions * channels), x),
    input(each(channels), s),
    output(each(positions * channels), y),
  ],
  multiply_channels_backward: (x, dy, ds, positions, channels) => [
    input(each(positions * channels), x, dy),
    output(each(channels), ds),
  ],
  copy_columns: (x, y, rows, xStride, yStride, columns) => [
    input(bands(rows, xStride, columns), x),
    output(bands(rows, yStride, columns), y),
  ],
} satisfies Rows;
