/**
 * Choice of a CSV file's columns: the one of the labels, and those that only number or name the rows.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { CsvStart } from "./csv-start.ts";
import type { ReadSettings } from "./settings.ts";

const LABEL_NAMES = ["label", "labels", "class", "target", "y", "digit", "category"];

/** Names of columns that number or name the rows; pandas writes the first two, and the third where it read the first. */
const ROW_NAMES = /^(|index|unnamed: \d+(\.\d+)?|(image|img|row)?[ _-]?ids?|idx|row|(image|img|file)[ _-]?name)$/i;

/** Number of rows that count up from which a column is one of row numbers: labels come more than once each. */
const COUNTED_ROWS = 20;

/** The column of a file's labels. */
export interface Labels {
  /** Index of the column; undefined if the file has none. */
  readonly column: number | undefined;
  readonly note: string | undefined;
}

/** Facts of a file that are known before its labels are looked for. */
export interface Table extends CsvStart {
  /** Columns that hold pixels or labels, from 0. */
  readonly kept: readonly number[];
}

/** Facts of the file to train on that hold for one to test on. */
export interface TrainColumns {
  /** Number of pixels. */
  readonly pixels: number;
  /** The label's place among the columns that are kept. */
  readonly place: number;
}

/** Columns of a header that number or name the rows and are passed over, unless the labels are asked for there. */
export function rowNameColumns({ header, columns }: CsvStart, { labelColumn }: ReadSettings): number[] {
  if (header === undefined) return [];
  const asked = labelColumn === undefined ? undefined : askedColumn(labelColumn, columns, header);
  return header.flatMap((name, i) => (ROW_NAMES.test(name) && i !== asked ? [i] : []));
}

/** The note on columns that are passed over. */
export function passedNote({ header }: CsvStart, passed: readonly number[]): string | undefined {
  if (passed.length === 0) return undefined;
  const names = passed.map((column) => header?.[column]).filter((name) => name !== undefined && name !== "");
  const which =
    names.length === passed.length
      ? names.map((name) => JSON.stringify(name)).join(", ")
      : passed.map((column) => column + 1).join(", ");
  const [word, verb] = passed.length === 1 ? ["column", "numbers or names"] : ["columns", "number or name"];
  return `left out the ${word} ${which}, which ${verb} the rows`;
}

/**
 * The column of labels: the one that was asked for, or the header names, or the file to train on has, or that the numbers
 * speak for.
 *
 * @param rows the first ones
 * @throws RangeError if the column that was asked for is not there
 */
export function findLabels(
  who: string,
  table: Table,
  rows: readonly Float64Array[],
  { labelColumn, shape }: ReadSettings,
  train: TrainColumns | undefined,
): Labels {
  const { columns, header, kept } = table;
  const found = (column: number | undefined, note?: string): Labels => ({ column, note });
  if (labelColumn === "first") return found(kept[0]);
  if (labelColumn === "last") return found(kept.at(-1));
  if (labelColumn !== undefined) {
    const column = askedColumn(labelColumn, columns, header);
    if (column !== undefined) return found(column);
    const got = JSON.stringify(labelColumn);
    const expected = `a column's name or a number from 1 to ${columns} for the labels`;
    throw new InputRangeError(who, expected, got, "damaged-file");
  }
  const named = kept.filter((column) => LABEL_NAMES.includes(header?.[column].toLowerCase() ?? ""));
  if (named.length === 1) return found(named[0]);
  const pixels = shape === undefined ? train?.pixels : shape[0] * shape[1] * shape[2];
  if (kept.length === pixels) return found(undefined);
  if (train !== undefined && kept.length === train.pixels + 1) return found(kept[train.place]);
  const isSquare = (values: number) => Number.isInteger(Math.sqrt(values));
  if (pixels === undefined && isSquare(kept.length) && !isSquare(kept.length - 1)) return found(undefined);
  const [first, last] = [kept[0], kept[kept.length - 1]];
  const column = likenessToLabels(rows, last) > likenessToLabels(rows, first) ? last : first;
  const place = column === first ? "first" : "last";
  return found(column, `guessed that the labels are in the ${place} column`);
}

/** The first column of a file without names, if it does nothing but number the rows. */
export function rowNumberColumn(
  { header, kept }: Table,
  rows: readonly Float64Array[],
  { labelColumn }: ReadSettings,
): number | undefined {
  if (labelColumn !== undefined || (header !== undefined && !header.every((name) => /^\d*$/.test(name))))
    return undefined;
  const [column] = kept;
  const [first] = rows.map((row) => row[column]);
  const counts = rows.every((row, i) => row[column] === first + i);
  return counts && (first === 0 || first === 1) && rows.length >= COUNTED_ROWS ? column : undefined;
}

/** The place of a column by its name or its number from 1; undefined if there is none. */
function askedColumn(
  asked: string | number,
  columns: number,
  header: readonly string[] | undefined,
): number | undefined {
  const named = header?.indexOf(String(asked)) ?? -1;
  if (named >= 0) return named;
  const number = Number(asked);
  return Number.isInteger(number) && number >= 1 && number <= columns ? number - 1 : undefined;
}

/**
 * A number for how much a column looks like labels, the highest if it has about all whole numbers from 0 up to its highest. A column that never
 * changes may be pixels at the edge, or the labels of a file in the order of its classes; one with gaps is more likely pixels.
 */
function likenessToLabels(rows: readonly Float64Array[], column: number): number {
  const values = new Set(rows.map((row) => row[column]));
  let highest = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) return 0;
    highest = Math.max(highest, value);
  }
  if (values.size === 1) return 2;
  return 2 * values.size > highest ? 3 : 1;
}
