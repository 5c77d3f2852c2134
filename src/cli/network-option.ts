import type { DatasetFacts } from "../data/dataset.ts";
import { isInputError, retold, shown, TooSmallError } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import { applyChanges, type RecipeChange } from "../recipes/change-recipe.ts";
import { recipeFor } from "../recipes/for-data.ts";
import { findNetwork, findRecipe, NETWORKS, RECIPES } from "../recipes/index.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { readRecipe } from "../recipes/recipe-file.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import { readJsonFile } from "./json-file.ts";
import { expectNoModel } from "./model-and-network.ts";
import { parseSettings } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** A network and the settings it is trained with, where the command line does not say otherwise. */
export interface NetworkChoice
  extends Omit<Recipe, "description" | "shape" | "smallest" | "input" | "layers" | "outputs" | "variables"> {
  /** Network and settings in one. */
  readonly recipe: Recipe;
  /** True if all settings are those of a recipe, with its data split. */
  readonly isRecipe: boolean;
  /** The settings that `--set` changed. */
  readonly changes: readonly RecipeChange[];
  /** The network for a data set; without its shape or classes, for what it was drawn up for. */
  build(data: Images): Architecture;
}

/** The facts of a data set that a network depends on. */
type Images = Partial<Pick<DatasetFacts, "shape" | "classes" | "classNames">>;

/** The options that choose a network. */
export interface NetworkOptions {
  readonly model?: string | undefined;
  readonly recipe?: string | undefined;
  /** Each as "conv2d.filters=8,epochs=3". */
  readonly set?: readonly string[] | undefined;
}

/**
 * The network that `--model` names, a built-in one or a JSON file, with the settings of the recipe that `--recipe` names; one
 * of the two says the other where it is missing. `--set` changes what they say.
 *
 * @param who complains of an unknown recipe
 * @throws UsageError for an unknown name; FileError, TypeError, RangeError if the file cannot be read or is wrong
 */
export async function chooseNetwork({ model, recipe, set }: NetworkOptions, who = "--recipe"): Promise<NetworkChoice> {
  const settings = recipe === undefined ? undefined : await namedRecipe(recipe, who);
  const network = model === undefined ? undefined : await namedNetwork(model);
  const isRecipe = network === undefined || settings !== undefined;
  return choiceOf(combined(network, settings), { isRecipe, set, file: [model, recipe].find(isFile) });
}

/** The network and the settings for images where the options name none, with what `--set` changes in them. */
export function networkFor(images: DatasetFacts, { set }: NetworkOptions): NetworkChoice {
  return choiceOf(recipeFor(images), { isRecipe: true, set });
}

/** The choice for a network that is given, with the settings of the recipe that `--recipe` names. */
export async function settingsFor(network: Recipe, recipe: string | undefined): Promise<NetworkChoice> {
  const settings = recipe === undefined ? undefined : await namedRecipe(recipe, "--recipe");
  return choiceOf(combined(network, settings), { isRecipe: settings !== undefined });
}

/** A recipe with what `--set` changes in it, as a choice. */
function choiceOf(
  chosen: Recipe,
  { isRecipe, set = [], file }: { isRecipe: boolean; set?: readonly string[] | undefined; file?: string | undefined },
): NetworkChoice {
  const wanted = Object.fromEntries(set.flatMap((text) => Object.entries(parseSettings("--set", text))));
  const { recipe, changes } = applyChanges(chosen, wanted, "--set");
  const {
    description: _d,
    shape: _s,
    smallest: _m,
    input: _i,
    layers: _l,
    outputs: _o,
    variables: _v,
    ...settings
  } = recipe;
  return {
    ...settings,
    recipe,
    isRecipe,
    changes,
    build: (data) => withAdvice(data, () => named(file, () => recipeArchitecture(recipe, data))),
  };
}

/** A change in words, such as "conv2d.filters 16, was 8". */
export function changeText({ path, value, before }: RecipeChange): string {
  return `${path} ${shown(value)}${before === undefined ? "" : `, was ${shown(before)}`}`;
}

/** The network of one with the settings of the other. */
function combined(network: Recipe | undefined, settings: Recipe | undefined): Recipe {
  if (settings === undefined) return network ?? RECIPES[0];
  if (network === undefined) return settings;
  const { shape, smallest, input, layers, outputs, variables } = network;
  const name = `${network.name}-${settings.name}`;
  // Filters that whiten images are those of a first layer that the recipe knows.
  return { ...settings, name, shape, smallest, input, layers, outputs, variables, whitening: undefined };
}

function isFile(name: string | undefined): boolean {
  return name?.endsWith(".json") === true;
}

/** The built-in things of one kind that a word may name. */
interface Named {
  readonly kind: "recipe" | "network";
  /** The name of the option for them, without its dashes. */
  readonly option: "recipe" | "model";
  readonly list: readonly Recipe[];
  readonly find: (name: string) => Recipe | undefined;
}

const BUILT_IN_RECIPES: Named = { kind: "recipe", option: "recipe", list: RECIPES, find: findRecipe };
const BUILT_IN_NETWORKS: Named = { kind: "network", option: "model", list: NETWORKS, find: findNetwork };

/**
 * The recipe of a name or in a file.
 *
 * @throws as {@link chooseNetwork}
 */
function namedRecipe(nameOrFile: string, who: string): Promise<Recipe> {
  return namedOrInFile(nameOrFile, who, BUILT_IN_RECIPES, BUILT_IN_NETWORKS);
}

/** The network of a name or in a file. */
export function namedNetwork(nameOrFile: string, who = "--model"): Promise<Recipe> {
  return namedOrInFile(nameOrFile, who, BUILT_IN_NETWORKS, BUILT_IN_RECIPES);
}

/** @param other those that the word may name by mistake */
async function namedOrInFile(nameOrFile: string, who: string, wanted: Named, other: Named): Promise<Recipe> {
  if (isFile(nameOrFile)) return readRecipeFile(nameOrFile, wanted.option);
  const found = wanted.find(nameOrFile);
  if (found !== undefined) return found;
  await expectNoModel(who, nameOrFile, wanted.kind);
  const names = wanted.list.map(({ name }) => name);
  const advice = `${nameOrFile} is a ${other.kind}: --${other.option} ${nameOrFile}`;
  const more = other.find(nameOrFile) === undefined ? {} : { advice };
  throw unknownName(who, "a .json file or one of", nameOrFile, names, more);
}

async function readRecipeFile(file: string, who: "model" | "recipe"): Promise<Recipe> {
  const json = await readJsonFile(file, who);
  // A run is named after the file, which may have been made of another recipe.
  return { ...named(file, () => readRecipe(json, file, who)), name: file };
}

/** Builds a network; where the images are too small for it, the error says which of the built-in ones fit. */
function withAdvice(data: Images, build: () => Architecture): Architecture {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof TooSmallError)) throw error;
    const names = NETWORKS.filter((network) => takes(network, data)).map(({ name }) => name);
    if (names.length === 0) throw error;
    const advice = `--model may be one of ${names.join(", ")}`;
    throw retold(error, { advice: error.advice === undefined ? advice : `${error.advice}; ${advice}` });
  }
}

function takes(network: Recipe, data: Images): boolean {
  try {
    recipeArchitecture(network, data);
    return true;
  } catch (error) {
    if (error instanceof TooSmallError) return false;
    throw error;
  }
}

/** Runs `work`, and puts the file's name, where there is one, in front of its errors. */
function named<T>(file: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (file === undefined || !isInputError(error)) throw error;
    throw retold(error, { who: `${JSON.stringify(file)}: ${error.who}` });
  }
}
