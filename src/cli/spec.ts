// Options in one word: "cosine:warmupEpochs=1,finalFactor=0.01", "shift=2,rotate=10".

import { shown } from "../errors.ts";
import { UsageError } from "./errors.ts";

type Value = number | boolean | string | readonly number[];

/**
 * Reads `name=value` pairs with commas between them. A name alone means true; numbers with `/` between them are a list.
 *
 * @param who stands in error messages, such as "--augment"
 */
export function parsePairs(who: string, text: string): Record<string, Value> {
  const pairs = new Map<string, Value>();
  for (const part of text.split(",")) {
    const [name, value, ...rest] = part.split("=").map((piece) => piece.trim());
    if (!/^[A-Za-z]\w*$/.test(name) || value === "" || rest.length > 0) {
      throw new UsageError(who, "name=value with commas between", shown(text));
    }
    if (pairs.has(name)) throw new UsageError(who, "each name once", `${name} twice`);
    pairs.set(name, value === undefined ? true : readValue(value));
  }
  return Object.fromEntries(pairs);
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
