import { type ExtraRows, softLoss } from "../row.ts";

/** Rows of the kernel of knowledge distillation. */
export const distillationRows = { softmax_distillation: softLoss } satisfies ExtraRows;
