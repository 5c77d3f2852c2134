import { InvalidArgumentError } from "commander";
import { isInputError } from "../errors.ts";
import type { OptionKind } from "../options/kinds.ts";
import { parsePairs } from "./spec.ts";
import { nearest } from "./suggest.ts";

type Kind = OptionKind<unknown, unknown>;

/** The value of an option in its help, such as `<n>` or `<HxW>`; undefined for one that needs none. */
export function placeholderOf({ field, choices = [], names = [] }: Kind): string | undefined {
  switch (field) {
    case "flag":
      return undefined;
    case "choice":
      return choices.join("|");
    case "extents":
      return names.map((name) => name.charAt(0).toUpperCase()).join("x");
    case "pairs":
      return `${snakeCase(names[0])}=...`;
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

/** The word that {@link readWord} makes the value of. */
export function writeWord({ field }: Kind, value: unknown): string {
  if (Array.isArray(value)) return value.join(field === "extents" ? "x" : "/");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `${snakeCase(name)}=${each}`)
    .join(",");
}

function jsonOf(kind: Kind, word: string): unknown {
  switch (kind.field) {
    case "number":
    case "whole":
      return kind.words?.includes(word.trim()) ? word.trim() : numberOf(word);
    case "extents":
      return extentsOf(kind, word);
    case "pairs":
      return pairsOf(kind, word);
    default:
      return word;
  }
}

function numberOf(word: string): number {
  return word.trim() === "" ? Number.NaN : Number(word);
}

/** Numbers as in `32x32x3`. One number is that of both sides, and an image without a number of channels has one. */
function extentsOf({ names = [] }: Kind, word: string): number[] {
  const numbers = word.split(/[x,]/i).map(numberOf);
  if (numbers.length === 1 && names.length === 2) return [...numbers, ...numbers];
  return numbers.length === 2 && names.length === 3 ? [...numbers, 1] : numbers;
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
