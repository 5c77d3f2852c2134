import { type ErrorMore, InputTypeError, shown } from "../errors.ts";
import { LEFT_OUT } from "./left-out.ts";

/** Names of other libraries for options and types, in small letters alone, and ours. */
let foreign: ReadonlyMap<string, string> = new Map();

/** Makes errors tell our names where those of other libraries are given. */
export function setForeignNames(names: ReadonlyMap<string, string>): void {
  foreign = names;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** The name that was probably meant by one that is spelled otherwise, such as `kernel_size`; undefined if there is none. */
export function meant(word: string, names: readonly string[]): string | undefined {
  const sought = plain(foreign.get(plain(word)) ?? word);
  return names.find((name) => plain(name) === sought);
}

/** The advice to an unknown name. */
export function adviceOn(word: unknown, names: readonly string[]): ErrorMore {
  if (typeof word !== "string") return {};
  if (LEFT_OUT.includes(word)) return { advice: `convasm.full.min.js has ${word}` };
  const near = meant(word, names);
  return near === undefined ? {} : { advice: `did you mean ${near}?` };
}

/** Options that other functions or types take, by the names of those: an error names the right place for a misplaced option. */
export type OtherOptions = { readonly [owner: string]: object };

/**
 * The error for an option that does not exist.
 *
 * @param elsewhere options that somebody may take for these
 */
export function unknownOption(
  who: string,
  key: string,
  names: readonly string[],
  elsewhere: OtherOptions = {},
): InputTypeError {
  let { advice } = adviceOn(key, names);
  for (const [owner, options] of Object.entries(elsewhere)) {
    const near = meant(key, Object.keys(options));
    if (near !== undefined) advice ??= `${near} belongs to ${owner}`;
  }
  const expected = names.length === 0 ? "no options" : `only the keys ${names.join(", ")}`;
  return new InputTypeError(who, expected, shown(key), "unknown-option", { advice });
}
