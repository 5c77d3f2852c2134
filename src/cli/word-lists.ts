import { unknownName } from "./suggest.ts";

/** The words of a list as commander leaves it, split at commas and blanks, each once. */
export function wordsOf(list: readonly string[]): string[] {
  return [...new Set(list.flatMap((item) => item.split(/[,\s]+/)).filter((word) => word !== ""))];
}

/**
 * The things that the words of a list name.
 *
 * @param option stands in the message
 * @throws UsageError for a name that is not known
 */
export function chosenOf<T>(option: string, list: readonly string[], known: ReadonlyMap<string, T>): T[] {
  return wordsOf(list).map((word) => {
    const found = known.get(word);
    if (found === undefined) throw unknownName(option, "one of", word, [...known.keys()]);
    return found;
  });
}

/** The same of names that stand for themselves. */
export function namesOf<T extends string>(option: string, list: readonly string[], names: readonly T[]): T[] {
  return chosenOf(option, list, new Map(names.map((name) => [name, name])));
}
