// In place of `index.ts` in the one-file build without the readers of data files: nor are there the recipes for such
// data, and the deep networks.

import { PLAIN_NETWORKS } from "./networks.ts";
import type { Recipe } from "./recipe.ts";
import { speed99 } from "./speed99.ts";

export const NETWORKS: readonly Recipe[] = [speed99, ...PLAIN_NETWORKS];

export const RECIPES: readonly Recipe[] = [speed99];

export function findNetwork(name: string): Recipe | undefined {
  return NETWORKS.find((network) => network.name === name);
}

export function findRecipe(name: string): Recipe | undefined {
  return RECIPES.find((recipe) => recipe.name === name);
}
