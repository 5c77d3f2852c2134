import { InvalidArgumentError } from "commander";
import { isInputError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { OptionKind } from "../options/kinds.ts";
import { nearest } from "../options/nearest.ts";
import { UsageError } from "./command-error.ts";
import { parsePairs } from "./spec.ts";
import { wordsOf } from "./word-lists.ts";

type Kind = OptionKind<unknown, unknown>;

/** Choices stand as the placeholder up to so many characters: a longer one would leave all lines of help little room. */
const LONGEST_PLACEHOLDER = 16;

/** The value of an option in its help, such as `<n>` or `<HxW>`; undefined for one that needs none. */
export function placeholderOf({ field, choices = [], names = [], item }: Kind): string | undefined {
  switch (field) {
    case "flag":
      return undefined;
    case "choice":
      return choices.join("|").length <= LONGEST_PLACEHOLDER ? choices.join("|") : "name";
    case "extents":
      return names.map((name) => name.charAt(0).toUpperCase()).join("x");
    case "pairs":
      return `${snakeCase(names[0])}=...`;
    case "range":
      return "range";
    case "list":
      return `${item === undefined ? "n" : placeholderOf(item)}...`;
    case "text":
      return "name";
    default:
      return "n";
  }
}

/**
 * The value that a word of the command line gives an option.
 *
 * @throws InvalidArgumentError for a wrong one, which commander puts the option's name in front of
 */
export function readWord<Value>(kind: OptionKind<unknown, Value>, key: string, word: string): Value {
  try {
    return kind.read("", key, jsonOf(kind, word));
  } catch (error) {
    if (!isInputError(error)) throw error;
    throw new InvalidArgumentError(`Expected ${kind.wanted}.`);
  }
}

/**
 * The values that words of the command line give a list, which may have commas between them; each once.
 *
 * @param option stands in the message
 * @throws UsageError for a wrong one
 */
export function readWords<Value>(option: string, item: OptionKind<unknown, Value>, list: readonly string[]): Value[] {
  return wordsOf(list).map((word) => {
    try {
      return item.read("", option, jsonOf(item, word));
    } catch (error) {
      if (!isInputError(error)) throw error;
      throw new UsageError(option, item.wanted, shown(word));
    }
  });
}

/** The word that {@link readWord} makes the value of. */
export function writeWord({ field }: Kind, value: unknown): string {
  if (field === "range") return rangeWord(value);
  if (Array.isArray(value)) return value.join(field === "extents" ? "x" : "/");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `${snakeCase(name)}=${each}`)
    .join(",");
}

function rangeWord(value: unknown): string {
  if (Array.isArray(value)) return value.join(":");
  const { of, range } = { of: "", range: undefined, ...(isRecord(value) && value) };
  return `${of}:${rangeWord(range)}`;
}

function jsonOf(kind: Kind, word: string): unknown {
  switch (kind.field) {
    case "number":
    case "whole":
      return kind.words?.includes(word.trim()) ? word.trim() : numberOf(word);
    case "extents":
      return extentsOf(kind, word);
    case "range":
      return rangeOf(kind, word);
    case "pairs":
      return pairsOf(kind, word);
    case "choice":
      return flagOf(kind, word);
    default:
      return word;
  }
}

/** True and false of a choice that has them. */
function flagOf({ choices = [] }: Kind, word: string): boolean | string {
  return choices.includes(word) && (word === "true" || word === "false") ? word === "true" : word;
}

function numberOf(word: string): number {
  return word.trim() === "" ? Number.NaN : Number(word);
}

/** Numbers as in `32x32x3`. One number is that of both sides, and an image without a number of channels has one. */
function extentsOf({ names = [], words = [] }: Kind, word: string): number[] | string {
  if (words.includes(word.trim())) return word.trim();
  const numbers = word.split(/[x,]/i).map(numberOf);
  if (numbers.length === 1 && names.length === 2) return [...numbers, ...numbers];
  return numbers.length === 2 && names.length === 3 ? [...numbers, 1] : numbers;
}

/** A range as `0:1000`, in front of it the name of what it is of, where there are names: the first one if none is given. */
function rangeOf({ names }: Kind, word: string): unknown {
  const match = /^(?:(\w+):)?(\d{0,9}):(\d{1,9})$/.exec(word.trim());
  if (match === null || (match[1] !== undefined && names === undefined)) return word;
  const range = [Number(match[2]), Number(match[3])];
  return names === undefined ? range : { of: match[1] ?? names[0], range };
}

/** Texts by their names, as in `x_train=a,y_train=b`. */
function pairsOf({ names = [] }: Kind, word: string): object {
  const words = names.map(snakeCase);
  return Object.fromEntries(
    Object.entries(parsePairs("a list", word)).map(([name, value]) => {
      const place = words.indexOf(name);
      if (place >= 0) return [names[place], Array.isArray(value) ? value.join("/") : String(value)];
      const near = nearest(name, words);
      const guess = near === undefined ? "" : `; did you mean ${near}?`;
      throw new InvalidArgumentError(`Expected one of ${words.join(", ")}, got ${JSON.stringify(name)}${guess}`);
    }),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
