import { bands, each, input, inputs, output, outputs } from "./operand.ts";
import { oneInput, type Rows, twoInputs } from "./row.ts";

/** What the kernels that merge tensors touch. */
export const mergingRows = {
  add: twoInputs,
  subtract: twoInputs,
  multiply: twoInputs,
  maximum: twoInputs,
  maximum_backward: (x, y, dy, dx, rest, size) => [
    ...inputs([x, y, dy], each(size)),
    ...outputs([dx, rest], each(size)),
  ],
  scale: oneInput,
  multiply_channels: (x, s, y, positions, channels) => [
    input(x, each(positions * channels)),
    input(s, each(channels)),
    output(y, each(positions * channels)),
  ],
  multiply_channels_backward: (x, dy, ds, positions, channels) => [
    ...inputs([x, dy], each(positions * channels)),
    output(ds, each(channels)),
  ],
  copy_columns: (x, y, rows, xStride, yStride, columns) => [
    input(x, bands(rows, xStride, columns)),
    output(y, bands(rows, yStride, columns)),
  ],
} satisfies Rows;
