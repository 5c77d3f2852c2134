// Options in one word: "cosine:warmupEpochs=1,finalFactor=0.01", "shift=2,rotate=10".

import { shown } from "../errors.ts";
import { UsageError } from "./command-error.ts";

type Value = number | boolean | string | readonly number[];

/** The name of an option. */
const NAME = /^[A-Za-z]\w*$/;

/** A name, or a path of names and places in lists. */
const PATH = /^[\w./-]+$/;

/**
 * Reads `name=value` pairs with commas between them. A name alone means true; numbers with `/` between them are a list.
 *
 * @param who stands in error messages, such as "--augment"
 */
export function parsePairs(who: string, text: string): Record<string, Value> {
  return pairs(who, text, NAME);
}

/** Reads `path=value` pairs with commas between them, such as `conv2d.filters=8,optimizer.learningRate=0.1`. */
export function parseSettings(who: string, text: string): Record<string, Value> {
  return pairs(who, text, PATH);
}

function pairs(who: string, text: string, wanted: RegExp): Record<string, Value> {
  const found = new Map<string, Value>();
  for (const part of text.split(",")) {
    const [name, value, ...rest] = part.split("=").map((piece) => piece.trim());
    if (!wanted.test(name) || value === "" || rest.length > 0) {
      throw new UsageError(who, "name=value with commas between", shown(text));
    }
    if (found.has(name)) throw new UsageError(who, "each name once", `${name} twice`);
    found.set(name, value === undefined ? true : readValue(value));
  }
  return Object.fromEntries(found);
}

/** Reads `type`, or `type:name=value,...`, as the object that files have for it. */
export function parseTyped(who: string, text: string): Record<string, Value> {
  const colon = text.indexOf(":");
  if (colon < 0) return { type: text };
  return { ...parsePairs(who, text.slice(colon + 1)), type: text.slice(0, colon) };
}

function readValue(text: string): Value {
  if (text === "true" || text === "false") return text === "true";
  const numbers = text.split("/").map((part) => (part === "" ? Number.NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}
