import { InvalidArgumentError } from "commander";
import { MOST_THREADS } from "../engine/threads/source.ts";
import { checkNumber, type NumberRule } from "../options/numbers.ts";

/** A reader for an option's number; commander names the option in front of the message. */
function reader(rule: NumberRule): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    try {
      return checkNumber("", "a value", value, rule);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const wanted = error.message.slice(error.message.indexOf("to be ") + 6, error.message.lastIndexOf(", got"));
      throw new InvalidArgumentError(`Expected ${wanted}.`);
    }
  };
}

/** Whole numbers from 1. */
export const positiveWhole = reader({ whole: true, minimum: 1, maximum: 2 ** 31 - 1 });
/** Whole numbers from 0. */
export const wholeFromZero = reader({ whole: true, minimum: 0, maximum: 2 ** 31 - 1 });
/** Whole numbers from 0, as large as seeds may be. */
export const seedNumber = reader({ whole: true, minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Threads: as many as an engine takes, or `auto`. */
export function threadCount(text: string): number | "auto" {
  if (text.trim() === "auto") return "auto";
  const count = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_THREADS) return count;
  throw new InvalidArgumentError(`Expected auto or a whole number from 1 to ${MOST_THREADS}.`);
}

/** Above 0. */
export const positive = reader({ above: 0 });
/** From 0. */
export const notNegative = reader({ minimum: 0 });
/** From 0 to below 1. */
export const shareBelowOne = reader({ minimum: 0, below: 1 });
/** From 0 to 1. */
export const share = reader({ minimum: 0, maximum: 1 });

/** A number of images from 1, or a fraction of them below 1. */
export function part(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value > 0 && (value < 1 || Number.isSafeInteger(value))) return value;
  throw new InvalidArgumentError("Expected a number of images, such as 5000, or a fraction, such as 0.1.");
}
