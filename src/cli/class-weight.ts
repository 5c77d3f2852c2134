import { readFileSync, statSync } from "node:fs";
import { Option } from "commander";
import { shown } from "../errors.ts";
import { fileError } from "../node/file-error.ts";
import { CLASS_WEIGHT, type ClassWeight } from "../training/class-weight-option.ts";
import { UsageError } from "./command-error.ts";
import { parseJson } from "./json-file.ts";

/** Larger files are refused. */
const MAX_BYTES = 2 ** 20;

const NAME = "--class-weight";

/** The `--class-weight` option. */
export function classWeightOption(purpose: string): Option {
  return new Option(`${NAME} <weights>`, `${purpose}: balanced, cat=2,dog=1 or FILE.json`).argParser(readClassWeight);
}

/**
 * The weights that a word of the command line means: `balanced`, classes with weights, or a JSON file with a list or an object.
 *
 * @throws UsageError, TypeError, RangeError, FileError
 */
function readClassWeight(word: string): ClassWeight {
  if (word === "balanced") return word;
  const file = `file ${JSON.stringify(word)}`;
  const json = word.endsWith(".json") ? parseJson(readSmall(word), word, NAME) : pairs(word);
  return CLASS_WEIGHT.read(word.endsWith(".json") ? `${NAME} ${file}` : NAME, "weights", json);
}

function readSmall(path: string): Uint8Array {
  try {
    const facts = statSync(path);
    if (facts.isFile() && facts.size <= MAX_BYTES) return readFileSync(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
  throw new UsageError(NAME, "a JSON file of at most 1 MiB", shown(path));
}

/** Classes with their weights, as in `cat=2,dog=0.5`. */
function pairs(word: string): { readonly [name: string]: number } {
  const entries = word.split(",").map((part): [name: string, weight: number] => {
    const end = part.lastIndexOf("=");
    const [name, weight] = [part.slice(0, Math.max(end, 0)).trim(), part.slice(end + 1).trim()];
    if (name !== "" && weight !== "" && Number.isFinite(Number(weight))) return [name, Number(weight)];
    throw new UsageError(NAME, "balanced, classes with numbers such as cat=2,dog=1, or a .json file", shown(word));
  });
  if (new Set(entries.map(([name]) => name)).size === entries.length) return Object.fromEntries(entries);
  throw new UsageError(NAME, "each class once", shown(word));
}
