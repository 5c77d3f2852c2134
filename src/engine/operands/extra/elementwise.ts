import { type ExtraRows, oneInput, twoInputs } from "../row.ts";

/** Rows of the kernels of `hard-activation.ts` and `smooth-activation.ts`. */
export const elementwiseRows = {
  gelu_forward: oneInput,
  gelu_backward: twoInputs,
  hard_sigmoid_forward: oneInput,
  hard_sigmoid_backward: twoInputs,
  hard_swish_forward: oneInput,
  hard_swish_backward: twoInputs,
  silu_forward: oneInput,
  silu_backward: twoInputs,
  elu_forward: oneInput,
  elu_backward: twoInputs,
  softplus_forward: oneInput,
  softplus_backward: twoInputs,
  mish_forward: oneInput,
  mish_backward: twoInputs,
} satisfies ExtraRows;
