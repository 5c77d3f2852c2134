import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `whitening.ts` in the small one-file build. */
export function whiten(): never {
  throw notInSmallBuild("whiten", "a build with whitening");
}
