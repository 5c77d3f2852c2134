import { InvalidArgumentError } from "commander";
import type { ImageRange, TestRange } from "../recipes/data-split.ts";

/** Reads "0:1000" as images 0 to 999. */
export function imageRange(text: string): ImageRange {
  const match = /^(\d{0,9}):(\d{1,9})$/.exec(text.trim());
  const [begin, end] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (match !== null && begin < end) return [begin, end];
  throw new InvalidArgumentError("Expected the first image and the one after the last, such as 0:1000.");
}

/** Reads "0:1000" as images of the test set, "train:1000:2000" as images of the training set. */
export function testRange(text: string): TestRange {
  const match = /^(train|test):(.*)$/.exec(text.trim());
  return { of: match?.[1] === "train" ? "train" : "test", range: imageRange(match?.[2] ?? text) };
}
