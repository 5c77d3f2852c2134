import { each, input, output } from "../operand.ts";
import { type ExtraRows, twoInputs } from "../row.ts";

/** Rows of the kernels that merge tensors and are not in `../merging.ts`. */
export const mergingRows = {
  subtract: twoInputs,
  multiply: twoInputs,
  maximum: twoInputs,
  maximum_backward: (x, y, dy, dx, rest, size) => [input(each(size), x, y, dy), output(each(size), dx, rest)],
  multiply_channels_backward: (x, dy, ds, positions, channels) => [
    input(each(positions * channels), x, dy),
    output(each(channels), ds),
  ],
} satisfies ExtraRows;
