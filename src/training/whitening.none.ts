import { HostError } from "../errors.ts";

/** Throws; stands in place of `whitening.ts` in the small one-file build. */
export function whiten(): never {
  throw new HostError(
    "whiten",
    "expected a build with whitening, such as convasm.full.min.js, got convasm.min.js",
    "not-in-build",
  );
}
