import { describe, expect, it } from "vitest";
import { readAugment } from "../../src/data/augment.ts";
import { takeDataset } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits/dataset.ts";
import { recipeFor } from "../../src/recipes/for-data.ts";
import { recipeArchitecture, runRecipe } from "../../src/recipes/run.ts";
import { speed99 } from "../../src/recipes/speed99.ts";

describe("recipeFor", () => {
  it("keeps the recipe of MNIST for many small grey images", () => {
    expect(recipeFor({ shape: [28, 28, 1], length: 60_000 })).toBe(speed99);
    expect(recipeFor({ shape: [40, 32, 1], length: 14_000 })).toBe(speed99);
  });

  it.each<[length: number, epochs: number, batchSize: number, learningRate: number]>([
    [60, 100, 32, 0.25],
    [200, 100, 32, 0.25],
    [1000, 20, 32, 0.25],
    [5000, 4, 32, 0.25],
    [10_000, 2, 96, 0.8],
  ])("has more epochs of smaller batches for %i of them", (length, epochs, batchSize, learningRate) => {
    const recipe = recipeFor({ shape: [28, 28, 1], length });
    expect([recipe.name, recipe.epochs, recipe.batchSize]).toEqual(["speed99", epochs, batchSize]);
    expect(recipe.optimizer.learningRate).toBe(learningRate);
  });

  it("learns 60 and 200 digits, of which it had learned next to nothing in one epoch", async () => {
    const all = digits({ count: 200, seed: 1 });
    const test = digits({ count: 500, seed: 1, start: 200 });
    for (const [length, least] of [
      [60, 0.6],
      [200, 0.8],
    ] as const) {
      const train = takeDataset(
        all,
        Uint32Array.from({ length }, (_, i) => i),
      );
      const accuracyOf = async (recipe: typeof speed99) => {
        const run = await runRecipe(recipe, { train, test }, { seed: 1, engine: "simd" });
        run.model.dispose();
        return run.test?.accuracy ?? 0;
      };
      expect(await accuracyOf(recipeFor(train))).toBeGreaterThan(least);
      expect(await accuracyOf({ ...speed99, batchSize: Math.min(96, length) })).toBeLessThan(0.3);
    }
  });

  it.each<[shape: readonly [number, number, number], length: number, epochs: number, cutout: number, filters: number]>([
    [[64, 64, 3], 244, 60, 24, 8],
    [[64, 64, 1], 1000, 15, 24, 8],
    [[32, 32, 3], 50_000, 5, 12, 16],
    [[128, 96, 3], 3000, 5, 36, 16],
    [[8, 8, 3], 100, 60, 3, 8],
  ])("has settings of photographs for %j, %d of them", (shape, length, epochs, cutout, filters) => {
    const recipe = recipeFor({ shape, length });
    expect([recipe.name, recipe.epochs, recipe.augment?.cutout]).toEqual(["photos", epochs, cutout]);
    expect(recipe.variables?.filters).toBe(filters);
    expect(readAugment(recipe.augment).horizontalFlip).toBe(true);
    expect([...recipeArchitecture(recipe, { shape, classes: 3 }).outputShapes.values()][0].at(-1)).toBe(3);
  });
});
