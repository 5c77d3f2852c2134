import { type ExtraRows, oneInput, twoInputs } from "../row.ts";

/** Rows of the kernels of tanh. */
export const activationRows = {
  tanh_forward: oneInput,
  tanh_backward: twoInputs,
} satisfies ExtraRows;
