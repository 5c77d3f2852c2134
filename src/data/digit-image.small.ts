import { HostError } from "../errors.ts";

/** Throws; stands in place of `digit-image.ts` in the small one-file build, which knows no digits. */
export function prepareDigit(): never {
  throw new HostError(
    "prepareDigit",
    'expected a build that knows digits, such as convasm.full.min.js, or prepare: "resize", got convasm.min.js',
    "not-in-build",
  );
}
