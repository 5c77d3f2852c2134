import { Command, CommanderError, type Option } from "commander";
import { InputRangeError, shown } from "../../errors.ts";
import { isRecord, type Json } from "../../json.ts";
import type { Settings } from "../../search/trial.ts";
import { UsageError } from "../command-error.ts";
import type { TrainOptions } from "../experiment.ts";
import { addTrainWords } from "../train-words.ts";

/** Options of `train` that are not settings of a training, but of where it is and what it tells. */
const NOT_SETTINGS: readonly string[] = ["out", "overwrite", "resume", "json", "quiet", "seeds", "seed", "set", "fold"];

/** Options that are a type with options of its own, or pairs, into which the paths of settings may lead. */
const COMPOUND: readonly string[] = ["optimizer", "schedule", "loss", "averaging", "augment", "testTime"];

/** The command `train` as a reader of words. */
function trainCommand(): Command {
  const program = new Command("convasm").configureOutput({ outputError: () => {} }).exitOverride();
  return addTrainWords(program).exitOverride();
}

/**
 * The command line of `train` that has these settings: an option for each that is one, and `--set` for all others, which are paths. A path into an
 * option that is among them, such as `optimizer.beta1` beside `optimizer`, becomes a part of that.
 *
 * @throws UsageError for a setting that the search makes itself, or a value that no word can say
 */
export function trainArguments(settings: Settings): string[] {
  const { options } = trainCommand();
  const merged = new Map<string, Json>();
  const given = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
  for (const [key, value] of given) if (!isPart(key, settings)) merged.set(key, value);
  for (const [key, value] of given) {
    if (!isPart(key, settings)) continue;
    const [option, ...path] = key.split(".");
    merged.set(option, withPart(merged.get(option), path.join("."), value));
  }
  return [...merged].flatMap(([key, value]) => {
    if (NOT_SETTINGS.includes(key)) {
      throw new UsageError("train", "settings of a training", key, "contradiction", { advice: adviceOn(key) });
    }
    const option = options.find((each) => each.attributeName() === key && !each.negate);
    const no = options.find((each) => each.attributeName() === key && each.negate);
    if (option === undefined && no === undefined) return [`--set=${key}=${wordOf(key, value)}`];
    return optionWords(key, value, option, no);
  });
}

function adviceOn(key: string): string | undefined {
  if (key === "seed" || key === "seeds") return "the search has --seed and --seeds";
  if (key === "fold") return "the search has --folds";
  if (key === "set") return "paths are settings themselves, such as conv2d.filters";
  return undefined;
}

/** True for a path into an option that is there, too. */
function isPart(key: string, settings: Settings): boolean {
  const [option, ...rest] = key.split(".");
  return rest.length > 0 && COMPOUND.includes(option) && (settings[option] ?? null) !== null;
}

function withPart(whole: Json | undefined, key: string, value: Json): Json {
  if (isObject(whole)) return { ...whole, [key]: value };
  if (typeof whole !== "string") return { [key]: value };
  return whole.includes(":") || whole.includes("=")
    ? `${whole},${key}=${wordOf(key, value)}`
    : { type: whole, [key]: value };
}

function isObject(json: Json | undefined): json is { readonly [key: string]: Json | undefined } {
  return isRecord(json);
}

function optionWords(key: string, value: Json, option: Option | undefined, no: Option | undefined): readonly string[] {
  if (value === false && no !== undefined) return [no.long ?? ""];
  if (value === true && (option === undefined || !option.required))
    return option === undefined ? [] : [option.long ?? ""];
  if (value === false && option?.isBoolean() === true) return [];
  if (option === undefined) throw new UsageError(`train: ${key}`, "true or false", shown(value));
  const { long } = option;
  if (Array.isArray(value) && (option.variadic || key === "evaluate")) {
    return value.map((item: Json) => `${long}=${wordOf(key, item)}`);
  }
  const separator = /<range>/.test(option.flags) ? ":" : /<\wx\w/.test(option.flags) ? "x" : ",";
  const word = wordOf(key, value, separator);
  checkWord(key, value, word, option);
  return [`${long}=${word}`];
}

/** Throws if an option takes no such word, naming the setting rather than the option. */
function checkWord(key: string, value: Json, word: string, { parseArg, long }: Option): void {
  try {
    parseArg?.(word, undefined);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`train: ${key}`, `what ${long} takes`, shown(value), "out-of-range", {
      advice: error.message,
    });
  }
}

/** A value as a word of a command line. */
function wordOf(key: string, value: Json | undefined, separator = "/"): string {
  if (Array.isArray(value)) return value.map((item: Json) => wordOf(key, item)).join(separator);
  if (!isObject(value)) return String(value);
  const { type, of, range, ...rest } = value;
  if (of !== undefined && range !== undefined) return `${of}:${wordOf(key, range, ":")}`;
  const pairs = Object.entries(rest).map(([name, each]) => {
    if (isObject(each))
      throw new InputRangeError(`train: ${key}`, "values without further objects in them", shown(each));
    return each === true ? name : `${name}=${wordOf(name, each)}`;
  });
  if (type === undefined) return pairs.join(",");
  return pairs.length === 0 ? String(type) : `${type}:${pairs.join(",")}`;
}

/**
 * The settings as the options that `train` takes.
 *
 * @throws UsageError for a value that `train` refuses
 */
export function trainOptions(settings: Settings): TrainOptions {
  const command = trainCommand();
  const words = trainArguments(settings);
  let options: TrainOptions = {};
  command.action((_data, read: TrainOptions) => {
    options = read;
  });
  command.parse(words, { from: "user" });
  return options;
}
