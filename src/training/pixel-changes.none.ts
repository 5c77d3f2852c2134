import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `pixel-changes.ts` in the small one-file build. */
export function changedBatch(): never {
  throw notInSmallBuild("augment", "a build with brightness, contrast and saturation");
}
