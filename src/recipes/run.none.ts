import { notInSmallBuild } from "../errors.ts";

/** Throws; stands in place of `run.ts` in the small one-file build, which has no recipes. */
export async function runRecipe(): Promise<never> {
  throw notInSmallBuild("runRecipe", "a build with recipes");
}
