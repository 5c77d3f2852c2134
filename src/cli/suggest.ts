import { nearest } from "../options/nearest.ts";
import { UsageError } from "./command-error.ts";

/**
 * The error for a name on the command line that is not known, with the one that was probably meant as advice.
 *
 * @param what what the names are, such as "one of"
 * @param more advice in place of the name that was probably meant
 */
export function unknownName(
  who: string,
  what: string,
  word: string,
  names: readonly string[],
  more: { readonly advice?: string } = {},
): UsageError {
  const near = nearest(word, names);
  const advice = more.advice ?? (near === undefined ? undefined : `did you mean ${near}?`);
  return new UsageError(who, `${what} ${names.join(", ")}`, JSON.stringify(word), "unknown-name", { advice });
}
