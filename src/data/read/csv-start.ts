/**
 * The first line of a CSV file: its separator, number of columns, and their names if it is a header.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";

export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Stands for any run of spaces and tabs between two numbers, as `numpy.savetxt` and columns of a fixed width have them. */
export const SPACES = " ";

const SEPARATORS = [",", ";", "\t"];

/** Number of columns counted from 1 from which these are names, rather than pixels that happen to rise. */
const COUNTED_FROM_ONE = 10;

/** Number of names such as `0.1`, `0.2` in their order from which these are names rather than pixels. */
const REPEATED = 10;

/** The first line of a CSV file. */
export interface CsvStart {
  /** Separator of columns: one character; {@link SPACES} stands for runs of spaces and tabs. */
  readonly separator: string;
  /** Number of columns. */
  readonly columns: number;
  /** The names of the columns, unless the first line is one of numbers. */
  readonly header: readonly string[] | undefined;
  /** True if the names are numbers themselves, and could be pixels. */
  readonly isNumbered: boolean;
}

/**
 * Takes the first line apart.
 *
 * @throws RangeError if it is empty, or no text
 */
export function parseCsvStart(who: string, line: Uint8Array): CsvStart {
  const text = new TextDecoder().decode(line).replace(/[\r\n]+$/, "");
  if (text.includes("\0")) throw new InputRangeError(who, "text in UTF-8", "something else", "unsupported-file");
  if (text.trim() === "") throw new InputRangeError(who, "numbers in the first line", "an empty one", "damaged-file");
  const found = SEPARATORS.map((separator) => ({ separator, fields: text.split(separator) }));
  const most = found.reduce((best, next) => (next.fields.length > best.fields.length ? next : best));
  const isSpaced = most.fields.length === 1;
  const names = (isSpaced ? text.trim().split(/\s+/) : most.fields).map(unquoted);
  // A word elsewhere is a mistake in a row of numbers, which has to be told.
  const isWorded = [names[0], names[names.length - 1]].some((name) => name !== "" && !NUMBER.test(name));
  const isNumbered = !isWorded && areNumberedNames(names);
  return {
    separator: isSpaced ? SPACES : most.separator,
    columns: names.length,
    header: isWorded || isNumbered ? names : undefined,
    isNumbered,
  };
}

/** A field without the spaces and quotes around it. */
export function unquoted(field: string): string {
  const trimmed = field.trim();
  return /^"[^"]*"$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

/**
 * True if numbers are names that a program gave the columns: 0, 1, 2 ... as pandas does where there are none, the
 * column of the row numbers before them without a name; 1, 2, 3 ...; or the first row of a file without names, which
 * pandas took for them and made unlike each other: 5, 0, 0.1, 0.2 ...
 */
function areNumberedNames(names: readonly string[]): boolean {
  const counted = names[0] === "" ? names.slice(1) : names;
  if (counted.length < 2) return false;
  const countsFrom = (first: number) => counted.every((name, i) => name === String(first + i));
  return countsFrom(0) || (counted.length >= COUNTED_FROM_ONE && countsFrom(1)) || areMadeUnlike(counted);
}

/** True if no name comes twice because repeated ones have `.1`, `.2` and so on behind them, in order. */
function areMadeUnlike(names: readonly string[]): boolean {
  const next = new Map<string, number>();
  let repeated = 0;
  for (const name of names) {
    const [, base, suffix] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
    if (base !== undefined && suffix === String(next.get(base))) {
      next.set(base, Number(suffix) + 1);
      repeated += 1;
    } else if (/^\d+$/.test(name) && !next.has(name)) next.set(name, 1);
    else return false;
  }
  return repeated >= REPEATED;
}
