import type { Dataset } from "../data/dataset.ts";
import { InputRangeError, isInputError, retold, TooSmallError } from "../errors.ts";
import { findDuplicateKey } from "../formats/json-keys.ts";
import { readLayers } from "../graph/read.ts";
import { isRecord } from "../json.ts";
import type { Architecture } from "../model/architecture.ts";
import { LIST_FORM } from "../model/forms.ts";
import { readArchitecture } from "../model/read-architecture.ts";
import { readFileBounded } from "../node/files.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields } from "../options/objects.ts";
import { type OptionSchema, readOptions } from "../options/schema.ts";
import { findNetwork, findRecipe, NETWORKS, RECIPES } from "../recipes/index.ts";
import type { Recipe, Variables } from "../recipes/recipe.ts";
import { DEFAULT_SHAPE, recipeArchitecture } from "../recipes/run.ts";
import { TRAINING_PLAN } from "../training/plan.ts";
import { UsageError } from "./errors.ts";
import { parsePairs } from "./spec.ts";
import { unknownName } from "./suggest.ts";

/** A network and the settings it is trained with, where the command line does not say otherwise. */
export interface NetworkChoice extends Omit<Recipe, "description" | "shape" | "input" | "layers" | "variables"> {
  /** True if all settings are those of a recipe, with its data split. */
  readonly isRecipe: boolean;
  /** The network for a data set; without its shape or classes, for what it was drawn up for. */
  build(data: Images): Architecture;
}

/** The facts of a data set that a network depends on. */
type Images = Partial<Pick<Dataset, "shape" | "classes" | "classNames">>;

/** The options that choose a network. */
export interface NetworkOptions {
  readonly model?: string | undefined;
  readonly recipe?: string | undefined;
  readonly set?: string | undefined;
}

/** Larger descriptions are refused. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/**
 * The network that `--model` names, a built-in one or a JSON file, with the settings of the recipe that `--recipe` names; one
 * of the two says the other where it is missing.
 *
 * @throws UsageError for an unknown name; FileError, TypeError, RangeError if the file cannot be read or is wrong
 */
export async function chooseNetwork({ model, recipe, set }: NetworkOptions): Promise<NetworkChoice> {
  const settings = recipe === undefined ? undefined : fromRecipe(namedRecipe(recipe), true, set);
  if (model === undefined) return settings ?? fromRecipe(RECIPES[0], true, set);
  const network = await namedNetwork(model, settings === undefined ? set : undefined);
  if (settings === undefined) return network;
  if (set !== undefined) throw new UsageError("--set", "numbers of the recipe's own network", "another --model");
  return trainedAs(network, settings);
}

/** A network with the settings of a recipe. */
export function trainedAs({ name, build }: NetworkChoice, settings: NetworkChoice): NetworkChoice {
  const { whitening: _, ...rest } = settings;
  return { ...rest, name: `${name}-${settings.name}`, build };
}

function namedRecipe(name: string): Recipe {
  const recipe = findRecipe(name);
  if (recipe !== undefined) return recipe;
  const names = RECIPES.map((known) => known.name);
  throw unknownName("--recipe", "one of", name, names);
}

async function namedNetwork(nameOrFile: string, set: string | undefined): Promise<NetworkChoice> {
  const network = findNetwork(nameOrFile);
  if (network !== undefined) return fromRecipe(network, false, set);
  if (!nameOrFile.endsWith(".json")) {
    const names = NETWORKS.map(({ name }) => name);
    throw unknownName("--model", "a .json file or one of", nameOrFile, names);
  }
  if (set !== undefined) throw new UsageError("--set", "numbers of a recipe's network", "a file");
  return fromJson(parseJson(await readFileBounded(nameOrFile, MAX_JSON_BYTES), nameOrFile), nameOrFile);
}

function fromRecipe(recipe: Recipe, isRecipe: boolean, set: string | undefined): NetworkChoice {
  const { description: _d, shape: _s, input: _i, layers: _l, variables: _v, ...settings } = recipe;
  const chosen = set === undefined ? recipe : { ...recipe, variables: readVariables(recipe, set) };
  return { ...settings, isRecipe, build: (data) => withAdvice(data, () => recipeArchitecture(chosen, data)) };
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

/** The recipe's open numbers with those of `--set filters=8,kernelSize=7`. */
export function readVariables({ name, variables = {} }: Recipe, set: string): Variables {
  const known = Object.keys(variables);
  if (known.length === 0) throw new UsageError("--set", "a network that leaves numbers open", name);
  const chosen = { ...variables };
  for (const [key, value] of Object.entries(parsePairs("--set", set))) {
    if (!known.includes(key)) throw unknownName("--set", "one of", key, known);
    chosen[key] = checkNumber("--set", key, value, { minimum: 0 });
  }
  return chosen;
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  const who = `model ${JSON.stringify(file)}`;
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof SyntaxError ? cause.message : "bytes that are not UTF-8";
    throw new InputRangeError(who, "JSON", detail, "out-of-range", { cause });
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined)
    throw new InputRangeError(who, "each key once", `${JSON.stringify(twice)} twice`, "damaged-file");
  return value;
}

const { seed: _, ...PLAN } = TRAINING_PLAN;

/** The plan in a file, which may leave out all of it: an optimizer that most networks learn with. */
export const FILE_PLAN = {
  ...PLAN,
  loss: { ...TRAINING_PLAN.loss, default: "softmaxCrossEntropy" },
  optimizer: { ...TRAINING_PLAN.optimizer, default: "adam" },
  batchSize: { ...TRAINING_PLAN.batchSize, default: 64 },
  epochs: { ...TRAINING_PLAN.epochs, default: 3 },
} as const satisfies OptionSchema;

const KEYS = [...Object.keys(LIST_FORM), ...Object.keys(FILE_PLAN)];

function fromJson(json: unknown, file: string): NetworkChoice {
  return named(file, () => {
    const fields = readFields("model", Array.isArray(json) ? { layers: json } : json, KEYS);
    const { input, layers, outputs, ...given } = fields;
    const plan = readOptions("model", FILE_PLAN, given);
    // A wrong layer shows before any data is loaded; shapes have to wait for the data.
    readLayers(layers, "layers");
    return {
      ...plan,
      name: file,
      isRecipe: false,
      build: (data) => {
        const json = { input: inputFor(input, data.shape ?? DEFAULT_SHAPE), layers, outputs };
        return withAdvice(data, () => named(file, () => readArchitecture(json)));
      },
    };
  });
}

/** The file's input; its shape is that of the data, and bytes become 0 to 1, unless it says otherwise. */
function inputFor(input: unknown, shape: readonly number[]): unknown {
  if (input === undefined) return { shape, scale: 1 / 255 };
  return isRecord(input) ? { shape, ...input } : input;
}

/** Puts the file's name in front of what is wrong with it. */
function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw retold(error, { who: `${JSON.stringify(file)}: ${error.who}` });
  }
}
