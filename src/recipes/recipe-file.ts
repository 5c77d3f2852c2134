/**
 * Recipes and networks as files: the JSON that `recipes show --json` prints, and `train --recipe FILE` and `--model FILE` take.
 *
 * @module
 */

import type { ImageShape } from "../data/pixels.ts";
import { isRecord, type Json } from "../json.ts";
import { optionsJson, pickOptions, readOptions } from "../options/schema.ts";
import { describeLayers, layersFor } from "./layer-descriptions.ts";
import type { Recipe } from "./recipe.ts";
import { RECIPE_FILE } from "./recipe-options.ts";

/** Bytes become 0 to 1. */
const USUAL_INPUT = { scale: 1 / 255 };

/**
 * A recipe from JSON that is not to be trusted, such as {@link recipeToJson} gives it. A bare list stands for its layers; what is
 * left out trains as most networks learn: three epochs with Adam, batches of 64, bytes scaled to 0 to 1.
 *
 * Shapes are checked once there is data to train on.
 *
 * @param name the recipe's, where the JSON names none
 * @param who stands in front of messages
 * @throws TypeError, RangeError for an unknown or wrong key, naming the layer where it is one of a layer
 * @example
 * const recipe = readRecipe([{ type: "flatten" }, { type: "dense", units: "classes" }]);
 */
export function readRecipe(json: unknown, name = "custom", who = "recipe"): Recipe {
  const read = readOptions(who, RECIPE_FILE, Array.isArray(json) ? { layers: json } : json);
  const { layers, input = USUAL_INPUT } = read;
  return {
    ...read,
    name: read.name ?? name,
    description: read.description ?? "",
    input,
    layers: (classes) => layersFor(layers, classes),
  };
}

/**
 * A recipe or a network as JSON: everything in it, with the defaults of what it leaves open. Numbers of its variables stand in the
 * layers.
 *
 * Units and filters that are as many as there are classes are written as `"classes"`; initial values that depend on the number of
 * classes are those for ten.
 *
 * @param shape the images' shape, for recipes whose layers depend on it. Default: the recipe's
 * @example
 * const json = recipeToJson(findRecipe("conv5"));
 * const wider = readRecipe({ ...json, epochs: 10 });
 */
export function recipeToJson(recipe: Recipe, shape?: ImageShape): { readonly [key: string]: Json } {
  const { layers, variables, ...rest } = recipe;
  const given = { shape: shape ?? recipe.shape, variables };
  const json = optionsJson(`recipe ${recipe.name}`, RECIPE_FILE, {
    ...pickOptions(RECIPE_FILE, rest),
    ...(shape !== undefined && { shape }),
    // Whoever repeats it wants to know the learning rate, the default one too.
    optimizer: { ...recipe.optimizer.config, learningRate: recipe.optimizer.learningRate },
    layers: describeLayers((classes) => layers(classes, given)),
  });
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, typeFirst(value)]));
}

/** The same JSON, in which the type of a thing stands before its options. */
function typeFirst(json: Json): Json {
  if (Array.isArray(json)) return json.map(typeFirst);
  if (!isRecord(json)) return json;
  const entries = Object.entries<Json>(JSON.parse(JSON.stringify(json)));
  const sorted = entries.sort(([a], [b]) => Number(b === "type") - Number(a === "type"));
  return Object.fromEntries(sorted.map(([key, value]) => [key, typeFirst(value)]));
}
