import { type ExtraRows, valueLoss } from "../row.ts";

/** Rows of the kernels of losses of values that are not in `../training.ts`. */
export const valueLossRows = {
  mean_absolute_error: valueLoss,
  huber: valueLoss,
} satisfies ExtraRows;
