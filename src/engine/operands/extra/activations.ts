import { type ExtraRows, oneInput, twoInputs } from "../row.ts";

/** Rows of the kernels of activations beside ReLU, sigmoid and softmax. */
export const activationRows = {
  tanh_forward: oneInput,
  tanh_backward: twoInputs,
  gelu_forward: oneInput,
  gelu_backward: twoInputs,
} satisfies ExtraRows;
