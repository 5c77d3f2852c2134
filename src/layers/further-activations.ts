import { HARD_SIGMOID, HARD_SWISH } from "./hard-activation.ts";
import { ELU, GELU, MISH, SELU, SILU, SOFTPLUS } from "./smooth-activation.ts";

/** Activations that the small one-file build does without. */
export const FURTHER_ACTIVATIONS = {
  gelu: GELU,
  hardSigmoid: HARD_SIGMOID,
  hardSwish: HARD_SWISH,
  silu: SILU,
  elu: ELU,
  selu: SELU,
  softplus: SOFTPLUS,
  mish: MISH,
};
