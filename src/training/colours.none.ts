import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `colours.ts` in the small one-file build. */
export function colouredBatch(): never {
  throw notInSmallBuild("augment", "a build with brightness, contrast and saturation");
}
