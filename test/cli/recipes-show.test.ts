import { expect, it } from "vitest";
import { recipeLines } from "../../src/cli/recipes-show.ts";
import { labelOf } from "../../src/options/names.ts";
import { findRecipe } from "../../src/recipes/index.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { recipeToJson } from "../../src/recipes/recipe-file.ts";
import { TRAINING_PLAN } from "../../src/training/plan.ts";

const conv5 = findRecipe("conv5");
if (conv5 === undefined) throw new Error("no conv5");

/** A recipe that leaves out nothing that a plan knows. */
const FULL: Recipe & { readonly [key in Exclude<keyof typeof TRAINING_PLAN, "seed">]-?: unknown } = {
  ...conv5,
  sampling: "replacement",
  augment: { shift: 2, horizontalFlip: "alternating" },
  classWeight: { 3: 2 },
  stepsPerEpoch: 7,
  averageEvery: 3,
  evaluations: [
    { on: "validation", every: 200, images: 100 },
    { on: "training", every: 50, images: 20 },
  ],
  prediction: { batchStatistics: true, testTimeAugmentation: { shift: 1 } },
  metrics: ["f1", "top3"],
  averaging: { type: "ema", decay: 0.9 },
  earlyStopping: 4,
  restoreBestWeights: false,
  monitor: "valAccuracy",
  reduceOnPlateau: 2,
};

it("shows every setting of the plan that a recipe has, whatever is added to plans", () => {
  const lines = recipeLines(FULL);
  for (const key of Object.keys(TRAINING_PLAN)) {
    const row = new RegExp(`^${labelOf(key)}  +\\S`);
    expect(lines.filter((line) => row.test(line)).length, key).toBe(key === "seed" ? 0 : key === "evaluations" ? 2 : 1);
  }
  for (const text of [
    /^Optimizer +sgd, learningRate 0.01$/,
    /^Steps per epoch +7$/,
    /^Metrics +f1, top3$/,
    /^Augment +shift 2, horizontalFlip alternating$/,
    /^Averaging +ema, decay 0.9/,
    /^Early stopping +4$/,
    /^Evaluations +on training, every 50, images 20$/,
    /^Prediction +batchStatistics, testTimeAugmentation \(shift 1\)$/,
  ]) {
    expect(
      lines.some((line) => text.test(line)),
      `${text}`,
    ).toBe(true);
  }
});

it("leaves out what a recipe does not have, and tells the defaults of the rest", () => {
  const lines = recipeLines(conv5);
  expect(lines.filter((line) => /^(Augment|Metrics|Early stopping|Prediction|Evaluations) /.test(line))).toEqual([]);
  expect(recipeToJson(conv5)).toMatchObject({
    name: "conv5",
    schedule: { type: "constant" },
    optimizer: { type: "sgd", learningRate: 0.01 },
    metrics: [],
  });
  expect(JSON.parse(JSON.stringify(recipeToJson(FULL)))).toMatchObject({ metrics: ["f1", "top3"], earlyStopping: 4 });
});
