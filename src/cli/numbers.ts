import { InvalidArgumentError } from "commander";
import { ENGINE } from "../engine/engine-options.ts";
import { type OptionKind, whole } from "../options/kinds.ts";
import { readWord } from "./option-words.ts";

/** A reader for an option of a kind; commander names the option in front of the message. */
function reader<Value>(kind: OptionKind<unknown, Value>): (text: string) => Value {
  return (text) => readWord(kind, "value", text);
}

/** Whole numbers from 1. */
export const positiveWhole = reader(whole(1, 2 ** 31 - 1));
/** Whole numbers from 0. */
export const wholeFromZero = reader(whole(0, 2 ** 31 - 1));
/** Whole numbers from 0, as large as seeds may be. */
export const seedNumber = reader(whole(0, Number.MAX_SAFE_INTEGER));
/** Threads: as many as an engine takes, or `auto`. */
export const threadCount = reader(ENGINE.threads.kind);

/** A number of images from 1, or a fraction of them below 1. */
export function part(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value > 0 && (value < 1 || Number.isSafeInteger(value))) return value;
  throw new InvalidArgumentError("Expected a number of images, such as 5000, or a fraction, such as 0.1.");
}
