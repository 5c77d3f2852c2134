import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `fit-samples.ts` in the small one-file build. */
export function fitSamples(): never {
  throw notInSmallBuild("classify", "a build that crops pictures");
}
