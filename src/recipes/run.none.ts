import { HostError } from "../errors.ts";

/** Throws; stands in place of `run.ts` in the small one-file build, which has no recipes. */
export async function runRecipe(): Promise<never> {
  throw new HostError(
    "runRecipe",
    "expected a build with recipes, such as convasm.full.min.js, got convasm.min.js",
    "not-in-build",
  );
}
