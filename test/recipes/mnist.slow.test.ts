// The five recipes on the real MNIST, each with its own settings: at least what was published.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadIdxFolder } from "../../src/node/mnist.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import type { RecipeFigure } from "../../src/recipes/recipe.ts";
import { figureOf, type RecipeRun, runRecipe } from "../../src/recipes/run.ts";

const SHARED = fileURLToPath(new URL("../../../shared/data/mnist", import.meta.url));
const { CONVASM_DATA } = process.env;
const MNIST = CONVASM_DATA === undefined ? SHARED : join(CONVASM_DATA, "mnist");
const isMissing = !existsSync(MNIST);
if (isMissing) console.log(`skipped: no MNIST in ${MNIST}`);

const SEEDS = [1, 2, 3];

async function runs(name: string, epochs?: number): Promise<RecipeRun[]> {
  const recipe = findRecipe(name);
  if (recipe === undefined) throw new Error(name);
  const { train, test } = await loadIdxFolder(MNIST);
  const all: RecipeRun[] = [];
  for (const seed of SEEDS)
    all.push(
      await runRecipe(recipe, { train, test }, { seed, engine: "simd", ...(epochs !== undefined && { epochs }) }),
    );
  return all;
}

function mean(all: readonly RecipeRun[], figure: RecipeFigure): number {
  const values = all.map((run) => figureOf(figure, run) ?? Number.NaN);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.skipIf(isMissing)("on MNIST, mean of three seeds", () => {
  it.each([
    // In three of its ten epochs: ten are ten minutes.
    ["strided", 0.9703, 3],
    ["conv5", 0.8459, undefined],
    ["conv10", 0.8528, undefined],
  ])("%s reaches the published test accuracy of %d", async (name, published, epochs) => {
    const all = await runs(name, epochs);
    expect(mean(all, { figure: "testAccuracy", value: published, kind: "published" })).toBeGreaterThanOrEqual(
      published,
    );
  });

  it.each(["batchnorm", "conv8"])("%s follows the published curve, or is ahead of it", async (name) => {
    const all = await runs(name);
    for (const figure of findRecipe(name)?.figures ?? []) {
      const ours = mean(all, figure);
      // The published figures are of one run, whose initial weights make the first ones; a tenth of a loss is luck.
      if (figure.figure.endsWith("Loss")) expect(ours, figure.figure).toBeLessThan(figure.value + 0.1);
      else expect(ours, figure.figure).toBeGreaterThan(figure.value - 0.05);
    }
  });
});
