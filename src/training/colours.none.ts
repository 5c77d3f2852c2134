import { HostError } from "../errors.ts";

/** Throws; stands in place of `colours.ts` in the small one-file build. */
export function colouredBatch(): never {
  throw new HostError(
    "augment",
    "expected a build with brightness, contrast and saturation, such as convasm.full.min.js, got convasm.min.js",
    "not-in-build",
  );
}
