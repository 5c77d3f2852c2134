import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `count-labels.ts` in the small one-file build. */
export function countLabels(): never {
  throw notInSmallBuild("metrics", "a build with metrics of labels");
}
