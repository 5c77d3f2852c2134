import { describe, expect, it } from "vitest";
import type { Json } from "../../src/json.ts";
import { useForeignNames } from "../../src/node/foreign-names.ts";
import { applyChanges, changeRecipe } from "../../src/recipes/change-recipe.ts";
import { findNetwork, findRecipe, NETWORKS, RECIPES } from "../../src/recipes/index.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { readRecipe, recipeToJson } from "../../src/recipes/recipe-file.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";

useForeignNames();

function named(name: string): Recipe {
  const found = findRecipe(name) ?? findNetwork(name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** The value at a path of a recipe as JSON. */
function at(recipe: Recipe, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((json, key) => Reflect.get(Object(json), key), recipeToJson(recipe));
}

describe("a recipe's settings", () => {
  it.each<[string, string, Json, (string | number)[], Json | undefined]>([
    ["conv8", "conv2d.filters", 16, ["layers", 0, "filters"], 8],
    ["conv8", "layers.0.filters", 16, ["layers", 0, "filters"], 8],
    ["conv8", "0.filters", 16, ["layers", 0, "filters"], 8],
    ["conv8", "layers.conv2d.padding", "same", ["layers", 0, "padding"], "valid"],
    ["strided", "conv2d_1.filters", 3, ["layers", 1, "filters"], 64],
    ["conv5", "filters", 8, ["layers", 0, "filters"], 5],
    ["conv5", "conv2d.kernelInitializer.deviation", 0.5, ["layers", 0, "kernelInitializer", "deviation"], 0.2],
    ["speed99", "conv2d_1.kernelInitializer", "glorotNormal", ["layers", 3, "kernelInitializer"], "heNormal"],
    ["resnet18", "stage1.block1/conv2d.filters", 64, ["layers", 4, "layers", 0, "filters"], 64],
    ["resnet18", "layers.8.shortcut.0.strides", 1, ["layers", 8, "shortcut", 0, "strides"], 2],
    ["squeezenet", "fire2.squeeze.filters", 8, ["layers", 2, "filters"], 16],
    ["conv5", "epochs", 3, ["epochs"], 50],
    ["conv5", "optimizer.learningRate", 0.5, ["optimizer", "learningRate"], 0.01],
    ["conv5", "optimizer.momentum", 0.5, ["optimizer", "momentum"], 0],
    ["speed99", "augment.rotate", 10, ["augment", "rotate"], 0],
    ["conv5", "augment.shift", 1, ["augment", "shift"], 0],
    ["best", "averaging.decay", 0.9, ["averaging", "decay"], 0.998],
    ["speed99", "schedule.warmupShare", 0.5, ["schedule", "warmupShare"], 0.3],
    ["speed99", "loss.labelSmoothing", 0.2, ["loss", "labelSmoothing"], 0.1],
    ["strided", "evaluations.1.images", 5, ["evaluations", 1, "images"], 100],
    ["speed99", "input.mean", 30, ["input", "mean"], 33.3],
    ["cifar10", "whitening.epsilon", 0.1, ["whitening", "epsilon"], 0.0005],
    ["strided", "split.validation", 0.1, ["split", "validation"], 1000],
    ["conv5", "batchSize", "all", ["batchSize"], 1],
  ])("of %s change at %s", (name, path, value, keys, before) => {
    const recipe = named(name);
    const changed = changeRecipe(recipe, { [path]: value });
    expect(at(changed, ...keys)).toEqual(value);
    expect(applyChanges(recipe, { [path]: value }, "changes").changes).toEqual([{ path, value, before }]);
    // All else is as it was, and the changed one is a file like any other.
    expect(recipeToJson(readRecipe(recipeToJson(changed)))).toMatchObject(recipeToJson(changed));
  });

  it("change one after the other, a new type before its options", () => {
    const changes = {
      optimizer: "rmsprop",
      "optimizer.rho": 0.5,
      "conv2d.activation": "gelu",
      "dense.units": "classes",
    };
    const changed = changeRecipe(named("conv8"), changes);
    expect(at(changed, "optimizer")).toMatchObject({ type: "rmsprop", rho: 0.5, learningRate: 0.001 });
    expect(recipeArchitecture(changed, { shape: [28, 28, 1], classes: 4 }).output).toEqual([4]);
  });

  it("change in every recipe and network: a number of filters or units", () => {
    for (const recipe of [...RECIPES, ...NETWORKS]) {
      const { layers } = recipeToJson(recipe);
      const list: readonly Json[] = Array.isArray(layers) ? layers : [];
      const index = list.findIndex((layer) => Object.keys(layer ?? {}).includes("filters"));
      const changed = changeRecipe(recipe, { [`layers.${index}.filters`]: 6, "optimizer.learningRate": 0.125 });
      expect(at(changed, "layers", index, "filters"), recipe.name).toBe(6);
      expect(changed.optimizer.learningRate, recipe.name).toBe(0.125);
    }
  });

  it("hold for images of other shapes and classes", () => {
    const changed = changeRecipe(named("resnet18"), { "conv2d.filters": 64, "stage1.block1/conv2d.padding": 1 });
    const small = recipeArchitecture(changed, { shape: [32, 32, 3], classes: 3 });
    expect(small.layers[0].config).toMatchObject({ filters: 64, kernelSize: 3 });
    expect(small.output).toEqual([3]);
  });

  it.each<[string, string, Json, RegExp]>([
    [
      "conv5",
      "filter",
      2,
      /^changes: expected filters, kernelSize, .*optimizer, .*\(conv2d, .*got "filter"; did you mean filters\?$/,
    ],
    ["conv8", "filters", 2, /; did you mean conv2d\.filters\?$/],
    ["conv8", "learningRate", 2, /; did you mean optimizer\.learningRate\?$/],
    ["conv8", "optimizer.lr", 2, /^changes: optimizer: expected one of learningRate, .*; did you mean learningRate\?$/],
    ["conv8", "conv2d.kernel_size", 2, /^changes: conv2d: expected one of filters, .*; did you mean kernelSize\?$/],
    ["conv8", "conv2d", 2, /^changes: conv2d: expected an option, such as conv2d\.filters, got none$/],
    [
      "conv8",
      "layers.7.filters",
      2,
      /^changes: expected a layer conv2d, maxPooling2d, flatten, dense, got "7.filters"/,
    ],
    [
      "conv8",
      "layers.0.filters",
      "many",
      /^changes: layers\[0\] \(conv2d\): expected filters to be a whole number at least 1/,
    ],
    ["conv8", "epochs", 0.5, /^changes: expected epochs to be a whole number at least 1, got 0.5$/],
    ["conv8", "epochs.most", 1, /^changes: epochs: expected a value, got its part "most"$/],
    [
      "conv8",
      "averaging.decay",
      0.9,
      /^changes: averaging: expected a value that is one of ema, swa, got its part "decay"$/,
    ],
    ["conv5", "filters", -1, /^changes: expected filters to be a finite number at least 0, got -1$/],
    ["conv5", "__proto__", 1, /^changes: expected filters/],
    ["conv5", "conv2d.constructor", 1, /^changes: conv2d: expected one of filters/],
  ])("of %s do not change at %s to %j", (name, path, value, message) => {
    const changes: { [path: string]: Json } = Object.fromEntries([[path, value]]);
    expect(() => changeRecipe(named(name), changes)).toThrow(message);
  });
});
