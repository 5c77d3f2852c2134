import { describe, expect, it } from "vitest";
import { readAugment } from "../../src/data/augment.ts";
import { recipeFor } from "../../src/recipes/for-data.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";

describe("recipeFor", () => {
  it("keeps the recipe of MNIST for small grey images", () => {
    expect(recipeFor({ shape: [28, 28, 1], length: 60_000 }).name).toBe("speed99");
    expect(recipeFor({ shape: [40, 32, 1], length: 300 }).name).toBe("speed99");
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
