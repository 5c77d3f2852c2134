/**
 * The cells of a CSV file as text (RFC 4180), for tables of words; `csv-rows.ts` reads large ones of numbers.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";

/** A row of cells, and the line that it begins in, from 1. */
export interface CellRow {
  readonly cells: readonly string[];
  readonly line: number;
}

const SEPARATORS = [",", ";", "\t"];

/** The separator of a table by its first line: the one that makes the most cells of it. */
export function separatorOf(firstLine: string): string {
  const counts = SEPARATORS.map((separator) => firstLine.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}

/**
 * The rows of a table. Cells may be in quotes, with separators, line breaks and doubled quotes inside; blanks around a cell are left out, and
 * empty lines passed over. Lines end with a line feed, a carriage return, or both.
 *
 * @param who stands in error messages
 * @param isCut true for the start of a file: a cell that is not complete at its end is left as it is
 * @throws RangeError for a quote that does not end, or text behind a closing one, with its line
 */
export function readCells(who: string, text: string, separator: string, isCut = false): CellRow[] {
  const rows: CellRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let first = 1;
  let at = 0;
  const endRow = () => {
    if (cells.length > 1 || cells[0] !== "") rows.push({ cells, line: first });
    cells = [];
  };
  while (at < text.length) {
    if (cells.length === 0) first = line;
    const { cell, end } = cellAt(who, text, at, separator, line, isCut);
    line += breaksIn(text.slice(at, end));
    cells.push(cell);
    at = end + 1;
    if (text[end] === separator) {
      // A separator at the very end has an empty cell behind it.
      if (at === text.length) cells.push("");
      continue;
    }
    endRow();
    if (text[end] === "\r" && text[at] === "\n") at += 1;
    line += 1;
  }
  if (cells.length > 0) endRow();
  return rows;
}

/** The cell that begins at an index, and the index of the separator, line break or end of text behind it. */
function cellAt(who: string, text: string, begin: number, separator: string, line: number, isCut: boolean) {
  let at = begin;
  while (text[at] === " ") at += 1;
  if (text[at] !== '"') {
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
    return { cell: text.slice(begin, at).trim(), end: at };
  }
  const parts: string[] = [];
  for (;;) {
    const close = text.indexOf('"', at + 1);
    if (close < 0) {
      if (isCut) return { cell: text.slice(at + 1), end: text.length };
      throw new InputRangeError(who, "a closing quote", `none for the one in line ${line}`, "damaged-file");
    }
    parts.push(text.slice(at + 1, close));
    at = close + 1;
    if (text[at] !== '"') break;
    parts.push('"');
  }
  while (text[at] === " ") at += 1;
  if (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") {
    const where = line + breaksIn(text.slice(begin, at));
    throw new InputRangeError(who, `a separator behind the closing quote in line ${where}`, "text", "damaged-file");
  }
  return { cell: parts.join(""), end: at };
}

/** The number of line breaks in a quoted cell. */
function breaksIn(cell: string): number {
  return cell.split(/\r\n|\r|\n/).length - 1;
}
