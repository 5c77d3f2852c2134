import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `digit-image.ts` in the small one-file build, which knows no digits. */
export function prepareDigit(): never {
  throw notInSmallBuild("prepareDigit", "a build that knows digits", ', or prepare: "resize"');
}
