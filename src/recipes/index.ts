import { NETWORKS } from "./networks.ts";
import type { Recipe } from "./recipe.ts";
import { speed99 } from "./speed99.ts";

/** All built-in recipes; the first is the default. */
export const RECIPES: readonly Recipe[] = [speed99, ...NETWORKS];

/** The recipe of a name, or undefined. */
export function findRecipe(name: string): Recipe | undefined {
  return RECIPES.find((recipe) => recipe.name === name);
}
