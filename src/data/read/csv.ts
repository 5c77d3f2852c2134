/**
 * CSV files of images: one row per image, its label first or last, as Kaggle has MNIST and many others.
 *
 * @module
 */

import type { ImageShape } from "../dataset.ts";
import { checkLabel, narrowed, rowShape } from "./array-images.ts";
import { type CsvStart, readCsvRows } from "./csv-rows.ts";
import type { DataFile } from "./data-file.ts";
import type { ReadDataOptions } from "./options.ts";
import type { Part, Parts } from "./parts.ts";
import { PixelStore } from "./pixel-store.ts";

/** Rows that are looked at to tell which column the labels are. */
const LOOK_ROWS = 200;
const LOOK_VALUES = 2 ** 22;

/** Rows between two calls of `onProgress`. */
const PROGRESS_ROWS = 500;

const LABEL_NAMES = ["label", "labels", "class", "target", "y", "digit", "category"];

/** Where the labels of a file are; `column` is undefined where it has none. */
interface Columns {
  readonly column: number | undefined;
  readonly note: string | undefined;
}

/** What {@link readCsv} gives: parts, and what it guessed. */
export interface CsvParts extends Parts {
  readonly notes: readonly string[];
}

/**
 * Reads images from CSV files, streamed: what is in memory is the pixels themselves.
 *
 * @param train undefined where there is only a file to test on
 * @param test is left out, with a note, where it has no labels
 * @throws RangeError for a row of another length, text in place of a number, or a label that is none, with its line
 */
export async function readCsv(
  train: DataFile | undefined,
  test: DataFile | undefined,
  options: ReadDataOptions,
): Promise<CsvParts> {
  const tables = { train: train && (await readTable(train, options)), test: test && (await readTable(test, options)) };
  const notes: string[] = [];
  for (const part of ["train", "test"] as const) {
    const table = tables[part];
    const which = train !== undefined && test !== undefined ? `${part}: ` : "";
    if (table?.note !== undefined) notes.push(which + table.note);
    if (table !== undefined && table.shape === undefined) {
      const what = `${table.columns} columns, a square number of pixels and no label`;
      if (part === "train" || train === undefined)
        throw new RangeError(`${table.who}: expected a column of labels, got ${what}`);
      notes.push(`${JSON.stringify(test?.name)} is not used: it has ${what}`);
      tables.test = undefined;
    }
  }
  const found = [tables.train, tables.test].filter((table) => table !== undefined);
  const areBytes = found.every(({ pixels }) => pixels.areBytes);
  const make = (table: Table | undefined): Part | undefined =>
    table?.shape && { shape: table.shape, images: table.pixels.take(areBytes), labels: narrowed(table.labels) };
  return { train: make(tables.train), test: make(tables.test), notes };
}

interface Table {
  readonly who: string;
  readonly columns: number;
  /** Undefined where the file has no labels. */
  readonly shape: ImageShape | undefined;
  readonly pixels: PixelStore;
  readonly labels: Uint16Array;
  readonly note: string | undefined;
}

async function readTable(file: DataFile, options: ReadDataOptions): Promise<Table> {
  const who = `readCsv ${JSON.stringify(file.name)}`;
  const pixels = new PixelStore(who);
  let labels = new Uint16Array(1024);
  let count = 0;
  let start: CsvStart = { separator: ",", columns: 0, header: undefined };
  let where: Columns | undefined;
  /** Rows that wait for the decision where the labels are. */
  let waiting: { row: Float64Array; line: number }[] = [];

  const add = (row: Float64Array, line: number, column: number | undefined) => {
    if (column === undefined) return;
    if (count === labels.length) {
      const larger = new Uint16Array(2 * count);
      larger.set(labels);
      labels = larger;
    }
    const label = row[column];
    if (!Number.isInteger(label) || label < 0 || label > 0xffff) {
      const got = `${label} in line ${line}, column ${column + 1}`;
      throw new RangeError(`${who}: expected labels as whole numbers from 0 to 65535, got ${got}`);
    }
    labels[count] = checkLabel(who, label, count);
    pixels.add(row, 0, column);
    pixels.add(row, column + 1, row.length);
    count += 1;
    if (count % PROGRESS_ROWS === 0) {
      options.signal?.throwIfAborted();
      options.onProgress?.(count, undefined);
    }
  };
  const decide = () => {
    where = findLabels(
      who,
      start,
      waiting.map(({ row }) => row),
      options,
    );
    for (const { row, line } of waiting) add(row, line, where.column);
    waiting = [];
  };
  await readCsvRows(
    who,
    file.stream(),
    (first) => {
      start = first;
    },
    (row, line) => {
      if (where !== undefined) return add(row, line, where.column);
      waiting.push({ row: row.slice(), line });
      if (waiting.length >= LOOK_ROWS || waiting.length * row.length >= LOOK_VALUES) decide();
    },
  );
  if (where === undefined) decide();
  const { column, note } = where ?? { column: undefined, note: undefined };
  if (column !== undefined && count === 0) throw new RangeError(`${who}: expected at least one row, got none`);
  const shape = column === undefined ? undefined : rowShape(who, start.columns - 1, options);
  return { who, columns: start.columns, shape, pixels, labels: labels.slice(0, count), note };
}

/** The column of labels: the one that was asked for, or the header names, or that the numbers speak for. */
function findLabels(
  who: string,
  { columns, header }: CsvStart,
  rows: readonly Float64Array[],
  { labelColumn, shape }: ReadDataOptions,
): Columns {
  if (labelColumn !== undefined) return { column: askedColumn(who, labelColumn, columns, header), note: undefined };
  const named = (header ?? []).flatMap((name, i) => (LABEL_NAMES.includes(name.toLowerCase()) ? [i] : []));
  if (named.length === 1) return { column: named[0], note: undefined };
  const isSquare = (values: number) => Number.isInteger(Math.sqrt(values));
  if (shape === undefined && isSquare(columns) && !isSquare(columns - 1)) return { column: undefined, note: undefined };
  const last = columns - 1;
  const column = looksLikeLabels(rows, last) > looksLikeLabels(rows, 0) ? last : 0;
  const place = column === 0 ? "first" : "last";
  return { column, note: `guessed that the labels are in the ${place} column` };
}

function askedColumn(
  who: string,
  asked: string | number,
  columns: number,
  header: readonly string[] | undefined,
): number {
  if (asked === "first") return 0;
  if (asked === "last") return columns - 1;
  const named = header?.indexOf(String(asked)) ?? -1;
  if (named >= 0) return named;
  const number = Number(asked);
  if (Number.isInteger(number) && number >= 1 && number <= columns) return number - 1;
  const got = JSON.stringify(asked);
  throw new RangeError(`${who}: expected a column's name or a number from 1 to ${columns} for the labels, got ${got}`);
}

/**
 * How much a column looks like labels: most if it has about all whole numbers from 0 up to its highest. A column that never
 * changes may be pixels at the edge, or the labels of a file in the order of its classes; one with gaps is more likely pixels.
 */
function looksLikeLabels(rows: readonly Float64Array[], column: number): number {
  const values = new Set(rows.map((row) => row[column]));
  let highest = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) return 0;
    highest = Math.max(highest, value);
  }
  if (values.size === 1) return 2;
  return 2 * values.size > highest ? 3 : 1;
}
