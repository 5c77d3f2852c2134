/**
 * Lists of pictures with their labels: tables such as `file,label,split`, and JSON.
 *
 * | form | example |
 * |---|---|
 * | CSV with names of columns, in any order, beside others | `file,label,split` and rows `cat/1.png,cat,train` |
 * | CSV without | rows of a picture's name, a label, and perhaps a split |
 * | JSON | `[{ "file": "cat/1.png", "label": "cat", "split": "train" }]` |
 * | JSON Lines | such an object in each line |
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { isPictureName } from "../picture-format.ts";
import { type CellRow, readCells, separatorOf } from "./csv-cells.ts";
import { NUMBER } from "./csv-start.ts";
import type { DataFile } from "./data-file.ts";
import { utf8Pieces } from "./utf8-pieces.ts";

/** A picture that a list names. */
export interface ListEntry {
  /** Its path as the list has it. */
  readonly file: string;
  /** Its label, empty where the list has none; or a list of labels, as JSON may have it. */
  readonly label: string | readonly string[];
  /** The name of its part; undefined where the list has no parts. */
  readonly split: string | undefined;
  /** Its place in the list, such as "line 3". */
  readonly where: string;
}

/** Names of columns and of keys in JSON, in small letters without spaces, hyphens and underscores; the first that is there counts. */
const NAMES = {
  file: ["file", "filename", "filepath", "path", "image", "imagename", "imagepath", "imagefile", "picture", "photo"],
  label: ["label", "labels", "class", "classes", "classname", "category", "categories", "tag", "tags", "target"],
  split: ["split", "subset", "partition", "part", "set"],
} as const;

/** Bytes of a file that tell whether it is a list. */
export const LIST_START = 4096;

/** Larger files are no lists. */
const MAX_BYTES = 256 * 2 ** 20;

/** Fewest pixels of a row that is an image: as many other columns of numbers make a table of pixels. */
const FEWEST_PIXELS = 4;

interface Columns {
  readonly file: number;
  /** Undefined where there is none. */
  readonly label: number | undefined;
  readonly split: number | undefined;
  readonly hasHeader: boolean;
}

/** The index of the name that stands for a kind of column; undefined where none does. */
function find(kind: keyof typeof NAMES, names: readonly string[]): number | undefined {
  const plain = names.map((name) => name.toLowerCase().replace(/[\s_-]+/g, ""));
  for (const wanted of NAMES[kind]) if (plain.includes(wanted)) return plain.indexOf(wanted);
  return undefined;
}

/** The columns of a table by its first two rows; undefined for one that does not list pictures. */
function columnsOf(first: readonly string[], second: readonly string[] | undefined): Columns | undefined {
  const file = find("file", first);
  if (file !== undefined) {
    const [label, split] = [find("label", first), find("split", first)];
    const others = first.map((_, i) => i).filter((i) => i !== file && i !== label && i !== split);
    const arePixels = others.length >= FEWEST_PIXELS && others.every((i) => NUMBER.test(second?.[i] ?? "0"));
    return arePixels ? undefined : { file, label, split, hasHeader: true };
  }
  const isBare = first.length <= 3 && isPictureName(first[0]);
  if (!isBare) return undefined;
  const [, label, split] = first.map((_, i) => i);
  return { file: 0, label, split, hasHeader: false };
}

/** True for JSON that may be a list: one object, or an array of such. */
function isJson(text: string): boolean {
  return /^\s*(?:\[\s*)?\{|^\s*\[\s*\]/.test(text);
}

/**
 * True for the start of a file that lists pictures with their labels.
 *
 * @param mayLackLabels true for a file that was given by its name: a list without labels is then one that its reader reports
 */
export async function isPictureList(start: Uint8Array, mayLackLabels: boolean): Promise<boolean> {
  const text = await textOf("readData", [start]).catch(() => undefined);
  if (text === undefined) return false;
  if (isJson(text)) {
    const keys = Array.from(text.matchAll(/"([^"\\]*)"\s*:/g), ([, key]) => key);
    return find("file", keys) !== undefined && (mayLackLabels || find("label", keys) !== undefined);
  }
  try {
    const columns = startColumns(text);
    return columns !== undefined && (mayLackLabels || columns.label !== undefined);
  } catch {
    return false;
  }
}

/** The columns of a table by its start; a mistake further down is for its reader to tell. */
function startColumns(text: string): Columns | undefined {
  const [line] = text.split(/[\r\n]/, 1);
  const separator = separatorOf(line);
  const [first] = readCells("readData", line, separator);
  let second: CellRow | undefined;
  try {
    [, second] = readCells("readData", text, separator, true);
  } catch {}
  return first && columnsOf(first.cells, second?.cells);
}

async function textOf(who: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of utf8Pieces(who, pieces)) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/**
 * The pictures that a list names, in its order.
 *
 * @param who stands in error messages
 * @throws RangeError for a list without a file or a label for each picture, or one that is no table, with its line
 */
export async function readPictureList(who: string, list: DataFile): Promise<ListEntry[]> {
  const size = await list.size();
  if (size > MAX_BYTES) throw new InputRangeError(who, `a list of at most ${MAX_BYTES} bytes`, `${size}`, "too-large");
  const text = await textOf(who, list.stream());
  const entries = isJson(text) ? entriesOfJson(who, text) : entriesOfTable(who, text);
  if (entries.length === 0) throw new InputRangeError(who, "pictures in the list", "none", "missing");
  return entries;
}

function entriesOfTable(who: string, text: string): ListEntry[] {
  const [first, ...more] = readCells(who, text, separatorOf(text.split(/[\r\n]/, 1)[0]));
  const columns = first && columnsOf(first.cells, more[0]?.cells);
  if (columns === undefined)
    throw new InputRangeError(who, "columns such as file,label,split", "others", "damaged-file");
  const { file, label, split, hasHeader } = columns;
  if (label === undefined) {
    const got = `only ${first.cells.map((name) => JSON.stringify(name)).join(", ")}`;
    throw new InputRangeError(who, "a column of labels, called label", got, "damaged-file");
  }
  return (hasHeader ? more : [first, ...more]).map(({ cells, line }): ListEntry => {
    const where = `line ${line}`;
    if (cells.length !== first.cells.length) {
      const expected = `${first.cells.length} cells in ${where}, as in the first`;
      throw new InputRangeError(who, expected, `${cells.length}`, "damaged-file");
    }
    expectFile(who, cells[file], where);
    return { file: cells[file], label: cells[label], split: split === undefined ? undefined : cells[split], where };
  });
}

function entriesOfJson(who: string, text: string): ListEntry[] {
  return recordsOf(who, text).map(({ record, where }): ListEntry => {
    if (!isRecord(record)) {
      throw new InputRangeError(
        who,
        `an object such as { "file": "cat/1.png", "label": "cat" } in ${where}`,
        shown(record),
      );
    }
    const keys = Object.keys(record);
    const of = (kind: keyof typeof NAMES) => {
      const place = find(kind, keys);
      return place === undefined ? undefined : record[keys[place]];
    };
    const [file, label, split] = [of("file"), of("label"), of("split")];
    expectFile(who, file, where);
    if (split !== undefined && typeof split !== "string")
      throw new InputRangeError(who, `a split such as "train" in ${where}`, shown(split), "damaged-file");
    return { file, label: labelOf(who, label, where), split, where };
  });
}

function labelOf(who: string, label: unknown, where: string): string | readonly string[] {
  if (Array.isArray(label)) return label.map((each: unknown) => oneLabel(who, each, where));
  return oneLabel(who, label, where);
}

function oneLabel(who: string, label: unknown, where: string): string {
  if (typeof label === "string") return label.trim();
  if (typeof label === "number" || typeof label === "boolean") return String(label);
  if (label === undefined || label === null) return "";
  throw new InputRangeError(who, `a text or a number as the label in ${where}`, shown(label), "damaged-file");
}

function expectFile(who: string, file: unknown, where: string): asserts file is string {
  if (typeof file === "string" && file.trim() !== "") return;
  const got = file === undefined || file === "" ? "nothing" : shown(file);
  throw new InputRangeError(who, `a picture's file in ${where}`, got, "damaged-file");
}

/** The objects of a JSON array, or of JSON Lines. */
function recordsOf(who: string, text: string): { readonly record: unknown; readonly where: string }[] {
  if (text.trimStart().startsWith("[")) {
    const list = parsed(who, text, "the list");
    return Array.isArray(list) ? list.map((record: unknown, i) => ({ record, where: `entry ${i + 1}` })) : [];
  }
  return text.split(/\r\n|\r|\n/).flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `line ${i + 1}`;
    return [{ record: parsed(who, line, where), where }];
  });
}

function parsed(who: string, text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputRangeError(who, `JSON in ${where}`, "something else", "damaged-file", { cause });
  }
}
