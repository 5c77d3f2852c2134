import { type AugmentOptions, readAugment } from "../data/augment.ts";
import type { Dataset } from "../data/dataset.ts";
import { findDuplicateKey } from "../formats/json-keys.ts";
import { isRecord } from "../json.ts";
import { checkNumber, readFields } from "../json-fields.ts";
import { readLayers } from "../layers/read.ts";
import { Architecture } from "../model/architecture.ts";
import type { Optimizer } from "../model/contracts.ts";
import { readFileBounded } from "../node/files.ts";
import { findRecipe, RECIPES } from "../recipes/index.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { type LossOption, parseLoss } from "../training/losses.ts";
import { adam, parseOptimizer } from "../training/optimizers.ts";
import { constant, parseSchedule, type Schedule } from "../training/schedules.ts";
import { UsageError } from "./errors.ts";
import { unknownName } from "./suggest.ts";

/** A network and the settings it is trained with, where the command line does not say otherwise. */
export interface NetworkChoice {
  /** Of the recipe or the file. */
  readonly name: string;
  readonly loss: LossOption;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batchSize: number;
  readonly epochs: number;
  readonly augment: AugmentOptions | undefined;
  /** The network for a data set. */
  build(data: Dataset): Architecture;
}

/** Larger descriptions are refused. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/**
 * The network that `--model` names: a built-in one, or a JSON file.
 *
 * @throws UsageError for an unknown name; FileError, TypeError, RangeError if the file cannot be read or is wrong
 */
export async function chooseNetwork(nameOrFile: string | undefined): Promise<NetworkChoice> {
  if (nameOrFile === undefined) return fromRecipe(RECIPES[0]);
  const recipe = findRecipe(nameOrFile);
  if (recipe !== undefined) return fromRecipe(recipe);
  if (!nameOrFile.endsWith(".json")) {
    const names = RECIPES.map(({ name }) => name);
    throw new UsageError(`--model: ${unknownName("a .json file or one of", nameOrFile, names)}`);
  }
  return fromJson(parseJson(await readFileBounded(nameOrFile, MAX_JSON_BYTES), nameOrFile), nameOrFile);
}

function fromRecipe(recipe: Recipe): NetworkChoice {
  const { name, loss, optimizer, schedule, batchSize, epochs, augment, input, layers } = recipe;
  const build = ({ shape, classes }: Dataset) =>
    new Architecture({ input: { ...input, shape }, layers: layers(classes) });
  return { name, loss, optimizer, schedule, batchSize, epochs, augment, build };
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
    throw new RangeError(`${who}: expected JSON, got ${detail}`, { cause });
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined) throw new RangeError(`${who}: expected each key once, got ${JSON.stringify(twice)} twice`);
  return value;
}

const KEYS = ["input", "layers", "loss", "optimizer", "schedule", "batchSize", "epochs", "augment"] as const;

/** What a file may leave out: an optimizer that most networks learn with. */
const DEFAULTS = {
  loss: "softmaxCrossEntropy",
  optimizer: adam(),
  schedule: constant(),
  batchSize: 64,
  epochs: 3,
} as const;

function fromJson(json: unknown, file: string): NetworkChoice {
  return named(file, () => {
    const fields = readFields("model", Array.isArray(json) ? { layers: json } : json, KEYS);
    const { loss, optimizer, schedule, augment, layers } = fields;
    const { batchSize = DEFAULTS.batchSize, epochs = DEFAULTS.epochs } = fields;
    if (augment !== undefined) readAugment(augment);
    // A wrong layer shows before any data is loaded; shapes have to wait for the data.
    readLayers(layers, "layers");
    return {
      name: file,
      loss: loss === undefined ? DEFAULTS.loss : parseLoss(loss),
      optimizer: optimizer === undefined ? DEFAULTS.optimizer : parseOptimizer(optimizer),
      schedule: schedule === undefined ? DEFAULTS.schedule : parseSchedule(schedule),
      batchSize: checkNumber("model", "batchSize", batchSize, { whole: true, minimum: 1 }),
      epochs: checkNumber("model", "epochs", epochs, { whole: true, minimum: 1 }),
      augment: augment === undefined ? undefined : readAugment(augment),
      build: ({ shape }) => named(file, () => Architecture.fromJson({ input: inputFor(fields.input, shape), layers })),
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
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const message = `${JSON.stringify(file)}: ${error.message}`;
    throw error instanceof TypeError
      ? new TypeError(message, { cause: error })
      : new RangeError(message, { cause: error });
  }
}
