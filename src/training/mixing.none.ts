import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `mixing.ts` in the small one-file build. */
export function mixedBatch(): never {
  throw notInSmallBuild("augment", "a build with mixup and cutmix");
}
