import { HostError } from "../errors.ts";

/** Throws; stands in place of `mixing.ts` in the small one-file build. */
export function mixedBatch(): never {
  throw new HostError(
    "augment",
    "expected a build with mixup and cutmix, such as convasm.full.min.js, got convasm.min.js",
    "not-in-build",
  );
}
