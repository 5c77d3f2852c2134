import { notInSmallBuild } from "../../errors.ts";

/** Throws; stands in place of `generate.ts` in the small one-file build, for pages with images of their own. */
export function generateDigits(): never {
  throw notInSmallBuild("digits", "a build with the generated digits");
}

export { generateDigits as readDigits };
