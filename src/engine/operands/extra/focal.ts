import { classLoss, type ExtraRows, valueLoss } from "../row.ts";

/** Rows of the kernels of focal losses. */
export const focalRows = {
  softmax_focal_cross_entropy: classLoss,
  sigmoid_focal_cross_entropy: valueLoss,
} satisfies ExtraRows;
