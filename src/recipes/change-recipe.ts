/**
 * Recipes with some of their settings changed, as `--set` does.
 *
 * @module
 */

import { InputRangeError, isInputError, listed, retold, shown } from "../errors.ts";
import type { Json } from "../json.ts";
import { checkNumber } from "../options/numbers.ts";
import { optionsJson, pickOptions, readGiven } from "../options/schema.ts";
import { layersFor } from "./layer-descriptions.ts";
import type { LayersFor, Recipe } from "./recipe.ts";
import { RECIPE_FILE } from "./recipe-options.ts";
import {
  findLayer,
  layerPaths,
  layerPlace,
  namesOf,
  optionPaths,
  optionPlace,
  unknownSetting,
  withValue,
} from "./setting-path.ts";

/** New values by the paths of settings, such as `{ "conv2d.filters": 16, "optimizer.learningRate": 0.01 }`. */
export type RecipeChanges = { readonly [path: string]: Json };

/** A setting that was changed. */
export interface RecipeChange {
  readonly path: string;
  readonly value: Json;
  /** The value before, or the default; undefined where there was none. */
  readonly before: Json | undefined;
}

const {
  name: _n,
  description: _d,
  shape: _s,
  smallest: _m,
  layers: _l,
  outputs: _o,
  notes: _t,
  figures: _f,
  ...SETTINGS
} = RECIPE_FILE;

/** Start of a path that can mean nothing else than a layer. */
const LAYERS = "layers.";

/**
 * A recipe with other values at some paths. A path is one of the recipe's variables (`filters`), of the plan (`epochs`,
 * `optimizer.learningRate`, `augment.shift`, `input.scale`), or a layer's name or place in the list with an option
 * (`conv2d.filters`, `layers.0.filters`, `stage1.block1/conv2d.filters`).
 *
 * @param who stands in front of messages
 * @throws TypeError, RangeError for a path that does not exist, listing those that do, or a value that is not allowed
 * @example
 * changeRecipe(findRecipe("conv5"), { "conv2d.filters": 16, "optimizer.learningRate": 0.02 });
 */
export function changeRecipe(recipe: Recipe, changes: RecipeChanges, who = "changes"): Recipe {
  return applyChanges(recipe, changes, who).recipe;
}

/** The recipe of `changeRecipe`, and the changes with the values that they replace. */
export function applyChanges(
  recipe: Recipe,
  changes: RecipeChanges,
  who: string,
): { readonly recipe: Recipe; readonly changes: readonly RecipeChange[] } {
  let changed = recipe;
  const made = Object.entries(changes).map(([path, value]) => {
    const step = changeOne(changed, path, value, who);
    changed = step.recipe;
    return { path, value, before: step.before };
  });
  return { recipe: changed, changes: made };
}

interface Step {
  readonly recipe: Recipe;
  readonly before: Json | undefined;
}

function changeOne(recipe: Recipe, path: string, value: Json, who: string): Step {
  const { variables = {} } = recipe;
  if (Object.hasOwn(variables, path)) {
    const changed = { ...variables, [path]: checkNumber(who, path, value, { minimum: 0 }) };
    return { recipe: { ...recipe, variables: changed }, before: variables[path] };
  }
  const [first, ...rest] = path.split(".");
  if (Object.hasOwn(SETTINGS, first)) return changePlan(recipe, [first, ...rest], value, who);
  return changeLayer(recipe, path, value, who);
}

function changePlan(recipe: Recipe, path: readonly string[], value: Json, who: string): Step {
  const json = optionsJson(who, SETTINGS, pickOptions(SETTINGS, recipe));
  const { keys, value: before } = optionPlace(who, SETTINGS, json, path);
  const [first, ...inner] = keys;
  const changed = { [first]: withValue(json[first], inner, value) };
  return { recipe: { ...recipe, ...within(who, () => readGiven(who, SETTINGS, changed)) }, before };
}

function changeLayer(recipe: Recipe, path: string, value: Json, who: string): Step {
  const rest = path.startsWith(LAYERS) ? path.slice(LAYERS.length) : path;
  const descriptions = (classes: number, given: LayersFor): readonly Json[] =>
    recipe.layers(classes, given).map(({ config }) => config);
  const layers: Recipe["layers"] = (classes, given = recipe) =>
    within(who, () => {
      const list = descriptions(classes, given);
      return layersFor(withValue(list, layerPlace(who, list, rest).keys, value), classes);
    });
  // Layers for the images that the recipe was made for: what is wrong shows before any data is loaded.
  const list = descriptions(USUAL_CLASSES, recipe);
  if (rest === path && findLayer(list, path) === undefined) throw unknownPath(recipe, list, path, who);
  const { value: before } = layerPlace(who, list, rest);
  layers(USUAL_CLASSES);
  return { recipe: { ...recipe, layers }, before };
}

const USUAL_CLASSES = 10;

/** The error for a path that begins like nothing that can be set. */
function unknownPath(recipe: Recipe, list: readonly Json[], path: string, who: string): InputRangeError {
  const known = [...Object.keys(recipe.variables ?? {}), ...Object.keys(SETTINGS)];
  const paths = [
    ...optionPaths(SETTINGS, optionsJson(who, SETTINGS, pickOptions(SETTINGS, recipe))),
    ...layerPaths(list),
  ];
  const { advice } = unknownSetting(who, path, known, "", paths);
  const expected = `${known.join(", ")}, or an option of a layer (${listed(namesOf(list))}), such as ${paths.at(-1)}`;
  return new InputRangeError(who, expected, shown(path), "unknown-option", { advice });
}

/** Puts the name of what is changed in front of errors that lie in it. */
function within<T>(who: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isInputError(error) || error.who === who || error.who.startsWith(`${who}: `)) throw error;
    throw retold(error, { who: error.who === "" ? who : `${who}: ${error.who}` });
  }
}
