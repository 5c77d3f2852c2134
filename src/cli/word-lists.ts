import { unknownName } from "./suggest.ts";

/** The words of a list as commander leaves it, split at commas and blanks, each once. */
export function wordsOf(list: readonly string[]): string[] {
  return [...new Set(list.flatMap((item) => item.split(/[,\s]+/)).filter((word) => word !== ""))];
}

/**
 * The names that the words of a list are.
 *
 * @param option stands in the message
 * @throws UsageError for a name that is not known
 */
export function namesOf<T extends string>(option: string, list: readonly string[], names: readonly T[]): T[] {
  return wordsOf(list).map((word) => {
    const found = names.find((name) => name === word);
    if (found === undefined) throw unknownName(option, "one of", word, names);
    return found;
  });
}
