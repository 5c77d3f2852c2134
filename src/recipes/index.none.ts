// Empty lists in place of `index.ts` in the small one-file build, for pages with networks of their own.

import type { Recipe } from "./recipe.ts";

export const NETWORKS: readonly Recipe[] = [];

export const RECIPES: readonly Recipe[] = [];

export function findNetwork(_name: string): Recipe | undefined {
  return undefined;
}

export function findRecipe(_name: string): Recipe | undefined {
  return undefined;
}
