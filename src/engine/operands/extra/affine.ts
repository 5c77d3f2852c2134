import { all, each, input, state } from "../operand.ts";
import { type ExtraRows, oneInput } from "../row.ts";

/** Rows of the kernels that add numbers. */
export const affineRows = {
  rescale: oneInput,
  add_bias: (y, bias, positions, channels) => [state(each(positions * channels), y), input(all(channels), bias)],
} satisfies ExtraRows;
