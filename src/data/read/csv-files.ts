import { parseCsvStart } from "./csv-start.ts";
import type { DataFile } from "./data-file.ts";
import { utf8Pieces } from "./utf8-pieces.ts";

/** A label and two by two pixels. */
const FEWEST_COLUMNS = 5;

/** Bytes of a first line that tell whether it has so many columns. */
const START_BYTES = 4096;

/**
 * The CSV files with enough columns for images, or all if none has: beside them often lie names of classes, or Kaggle's
 * `sample_submission.csv`.
 */
export async function imageTables(
  files: readonly DataFile[],
): Promise<{ readonly files: readonly DataFile[]; readonly notes: readonly string[] }> {
  if (files.length === 1) return { files, notes: [] };
  const columns = await Promise.all(files.map(firstColumns));
  const wide = files.filter((_, i) => columns[i] >= FEWEST_COLUMNS);
  if (wide.length === 0) return { files, notes: [] };
  const notes = files.flatMap(({ name }, i) => {
    const count = columns[i] === 1 ? "1 column" : `${columns[i]} columns`;
    return wide.includes(files[i]) ? [] : [`${JSON.stringify(name)} is not used: with ${count} it holds no images`];
  });
  return { files: wide, notes };
}

/** True for a table with too few columns for images: it goes with data of another kind, such as names and labels. */
export async function isSmallTable(file: DataFile): Promise<boolean> {
  return (await firstColumns(file)) < FEWEST_COLUMNS;
}

/**
 * The number of columns in a file's first line, as far as its start tells; infinite for a file that is no CSV, about
 * which its reader throws.
 */
async function firstColumns(file: DataFile): Promise<number> {
  const start = await file.start(START_BYTES);
  try {
    for await (const text of utf8Pieces(file.name, [start])) {
      const end = text.findIndex((byte) => byte === 10 || byte === 13);
      return parseCsvStart(file.name, end < 0 ? text : text.subarray(0, end)).columns;
    }
  } catch {}
  return Number.POSITIVE_INFINITY;
}
