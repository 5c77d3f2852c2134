import { HostError } from "../../errors.ts";

/** Throws; stands in place of `generate.ts` in the small one-file build, for pages with images of their own. */
export function generateDigits(): never {
  throw new HostError(
    "digits",
    "expected a build with the generated digits, such as convasm.full.min.js, got convasm.min.js",
    "not-in-build",
  );
}

export { generateDigits as readDigits };
