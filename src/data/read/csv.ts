/**
 * CSV files of images: one row per image, its label first or last, as Kaggle has MNIST and many others.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { ImageShape } from "../pixels.ts";
import { narrowed, rowShape } from "./array-images.ts";
import {
  findLabels,
  type Labels,
  passedNote,
  rowNameColumns,
  rowNumberColumn,
  type TrainColumns,
} from "./csv-columns.ts";
import { readCsvRows } from "./csv-rows.ts";
import type { CsvStart } from "./csv-start.ts";
import type { DataFile } from "./data-file.ts";
import type { ReadDataOptions } from "./options.ts";
import type { Part, Parts } from "./parts.ts";
import { PixelStore } from "./pixel-store.ts";

/** Rows that are looked at to tell which column the labels are. */
const LOOK_ROWS = 200;
const LOOK_VALUES = 2 ** 22;

/** Rows between two calls of `onProgress`. */
const PROGRESS_ROWS = 500;

/** Result of {@link readCsv}: parts, and notes of guesses. */
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
  const trainTable = train && (await readTable(train, options, undefined));
  const tables = { train: trainTable, test: test && (await readTable(test, options, trainTable?.as)) };
  const notes: string[] = [];
  for (const part of ["train", "test"] as const) {
    const table = tables[part];
    if (table === undefined) continue;
    const which = train !== undefined && test !== undefined ? `${part}: ` : "";
    notes.push(...table.notes.map((note) => which + note));
    if (table.shape === undefined) {
      const besides = table.passed === 0 ? "" : ` besides ${table.passed} for the rows' numbers or names`;
      const what = `${table.columns - table.passed} columns${besides}, a square number of pixels and no label`;
      if (part === "train" || train === undefined)
        throw new InputRangeError(table.who, "a column of labels", what, "missing");
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
  /** Number of columns that are passed over. */
  readonly passed: number;
  /** Undefined where the file has no labels. */
  readonly shape: ImageShape | undefined;
  readonly pixels: PixelStore;
  readonly labels: Uint16Array;
  readonly notes: readonly string[];
  /** Facts of this file that a file to test on must agree with, where this is the one to train on. */
  readonly as: TrainColumns | undefined;
}

/** Labels as they come. */
class LabelStore {
  #labels = new Uint16Array(1024);
  count = 0;

  add(label: number): void {
    if (this.count === this.#labels.length) {
      const larger = new Uint16Array(2 * this.count);
      larger.set(this.#labels);
      this.#labels = larger;
    }
    this.#labels[this.count++] = label;
  }

  take(): Uint16Array {
    return this.#labels.slice(0, this.count);
  }
}

/** The columns of a table: the label, and the runs of columns that are pixels. */
interface Layout extends Labels {
  readonly kept: readonly number[];
  readonly runs: readonly (readonly [begin: number, end: number])[];
}

/** Reads one file. `train` is what the file to train on says, where this is the one to test on. */
async function readTable(file: DataFile, options: ReadDataOptions, train: TrainColumns | undefined): Promise<Table> {
  const who = `readCsv ${JSON.stringify(file.name)}`;
  const pixels = new PixelStore(who);
  const labels = new LabelStore();
  let start: CsvStart = { separator: ",", columns: 0, header: undefined, isNumbered: false };
  let passed: readonly number[] = [];
  let layout: Layout | undefined;
  /** Rows that wait for the decision where the labels are. */
  let waiting: { row: Float64Array; line: number }[] = [];

  const add = (row: Float64Array, line: number, { column, runs }: Layout) => {
    if (column === undefined) return;
    const label = row[column];
    if (!Number.isInteger(label) || label < 0 || label > 0xffff) {
      const got = `${label} in line ${line}, column ${column + 1}`;
      throw new InputRangeError(who, "labels as whole numbers from 0 to 65535", got, "damaged-file");
    }
    labels.add(label);
    for (const [begin, end] of runs) pixels.add(row, begin, end);
    if (labels.count % PROGRESS_ROWS === 0) {
      options.signal?.throwIfAborted();
      options.onProgress?.(labels.count, undefined);
    }
  };
  const decide = (): Layout => {
    const rows = waiting.map(({ row }) => row);
    const kept = [...Array(start.columns).keys()].filter((column) => !passed.includes(column));
    const numbers = rowNumberColumn({ ...start, kept }, rows, options);
    if (numbers !== undefined) {
      passed = [...passed, numbers];
      kept.shift();
    }
    const found = findLabels(who, { ...start, kept }, rows, options, train);
    const decided = { ...found, kept, runs: runsOf(kept.filter((column) => column !== found.column)) };
    for (const { row, line } of waiting) add(row, line, decided);
    waiting = [];
    return decided;
  };
  await readCsvRows(
    who,
    file.stream(),
    (first) => {
      start = first;
      passed = rowNameColumns(first, options);
      return passed;
    },
    (row, line) => {
      if (layout !== undefined) return add(row, line, layout);
      waiting.push({ row: row.slice(), line });
      if (waiting.length >= LOOK_ROWS || waiting.length * row.length >= LOOK_VALUES) layout = decide();
    },
  );
  const { column, note, kept } = layout ?? decide();
  if (column !== undefined && labels.count === 0)
    throw new InputRangeError(who, "at least one row", "none", "damaged-file");
  const names = start.isNumbered
    ? `took the first line (${shownNames(start)}) for the names of the columns`
    : undefined;
  return {
    who,
    columns: start.columns,
    passed: passed.length,
    shape: column === undefined ? undefined : rowShape(who, kept.length - 1, options),
    pixels,
    labels: labels.take(),
    notes: [names, passedNote(start, passed), note].filter((text) => text !== undefined),
    as: column === undefined ? undefined : { pixels: kept.length - 1, place: kept.indexOf(column) },
  };
}

function shownNames({ header = [] }: CsvStart): string {
  return header.length <= 4 ? header.join(", ") : `${header.slice(0, 3).join(", ")} ... ${header.at(-1)}`;
}

/** Columns in rising order as runs of neighbours. */
function runsOf(columns: readonly number[]): [begin: number, end: number][] {
  const runs: [number, number][] = [];
  for (const column of columns) {
    const run = runs.at(-1);
    if (run?.[1] === column) run[1] = column + 1;
    else runs.push([column, column + 1]);
  }
  return runs;
}
