import { activationRows } from "./extra/activations.ts";
import { averagePoolingRows } from "./extra/average-pooling.ts";
import { depthwiseRows } from "./extra/depthwise.ts";
import type { ExtraRows } from "./row.ts";

/**
 * The rows of the extra file's kernels for the layers and losses of the small one-file build, which has no others; stands in place of `extra.ts`
 * there.
 */
export function extraRows(): ExtraRows {
  return { ...activationRows, ...averagePoolingRows, ...depthwiseRows };
}
